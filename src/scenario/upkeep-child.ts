import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { messageOf } from '../source/sqlite/sql.ts'

/**
 * The entry of a child process that works on a live database on its operator's word: nobody else has it open. Answers
 * figures before and after, or the reason in SQLite's words.
 */
process.umask(0o077)
const { path, task } = JSON.parse(await text(process.stdin)) as {
  path: string
  task: 'optimise' | 'analyse' | 'vacuum'
}
const work = { optimise: 'PRAGMA optimize(0x10002)', analyse: 'ANALYZE', vacuum: 'VACUUM' }[task]
process.stdout.write(JSON.stringify(run()))

function run(): unknown {
  try {
    // A missing file must not be made.
    using database = new DatabaseSync(
      new URL(`file://${encodeURI(path).replaceAll('?', '%3f').replaceAll('#', '%23')}?mode=rw`),
      {
        timeout: 5000,
      },
    )
    const before = figures(database)
    if (before.check !== 'ok') return { error: before.check, before, after: null }
    database.exec(work)
    const after = figures(database)
    return { error: after.check === 'ok' ? null : after.check, before, after }
  } catch (error) {
    return { error: messageOf(error), before: null, after: null }
  }
}

function figures(database: DatabaseSync) {
  const value = (sql: string): unknown => Object.values(database.prepare(sql).get() ?? {})[0]
  const [pages, size, free] = ['page_count', 'page_size', 'freelist_count'].map((name) =>
    Number(value(`PRAGMA ${name}`)),
  )
  const hasStatistics = value("SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'") === 1
  return {
    bytes: (pages ?? 0) * (size ?? 0),
    freeBytes: (free ?? 0) * (size ?? 0),
    statistics: hasStatistics ? Number(value('SELECT count(*) FROM sqlite_stat1')) : 0,
    check: String(value('PRAGMA quick_check(1)')),
  }
}

import { statSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { count } from './count.ts'
import { failureOf, plain } from './failure.ts'
import { copy, hold, release } from './hold.ts'
import { inspect } from './inspect.ts'
import { checkInvariant } from './invariant.ts'
import type { Ask, Asks, Reply } from './protocol.ts'
import { recover } from './recover.ts'

/**
 * The entry of the child process: the only place where pulih has a SQLite connection to a live database, and where files
 * of unknown origin are opened. It answers what its parent asks over IPC and ends when the parent is gone.
 */
process.umask(0o077)

// Ctrl-C and service managers signal the whole group; the parent decides, and ends this process when it must.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
process.on('disconnect', () => process.exit(0))
process.on('message', (ask: Ask) => void answer(ask))

/** From here on a check may keep this thread busy for seconds, deaf to the parent's end. */
const longCheckBytes = 64e6
let watched = false

async function answer(ask: Ask): Promise<void> {
  try {
    send({ id: ask.id, kind: 'done', value: await run(ask) })
  } catch (error) {
    send({ id: ask.id, kind: 'failed', failure: plain(failureOf(error, null)) })
  }
}

function run(ask: Ask): Asks[keyof Asks]['give'] | Promise<Asks[keyof Asks]['give']> {
  switch (ask.op) {
    case 'hold':
      return hold(ask.databases, ask.waitMs)
    case 'copy':
      return copy(ask.absolute, ask.to, (done, total) => send({ id: ask.id, kind: 'progress', done, total }))
    case 'release':
      return release(ask.absolute)
    case 'count':
      return count(ask.database)
    case 'recover':
      return recover(ask.file)
    case 'inspect':
      watchParent(ask.file)
      return inspect(ask.file, ask.request)
    case 'invariant':
      watchParent(ask.file)
      return checkInvariant(ask.file, ask.name, ask.sql)
  }
}

function send(reply: Reply): void {
  // A parent that is gone meanwhile: `disconnect` ends this process, nobody waits for the answer.
  process.send?.(reply, undefined, undefined, () => undefined)
}

/** A thread of its own that ends the whole process when the parent has died, whatever SQLite is busy with. */
function watchParent(file: string): void {
  if (watched || statSync(file).size < longCheckBytes) return
  watched = true
  const code = `const parent = ${process.ppid}
    setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL') }, 500)`
  new Worker(code, { eval: true }).unref()
}

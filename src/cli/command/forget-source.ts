import { existsSync } from 'node:fs'
import { isAbsolute, posix, relative, resolve } from 'node:path'
import type { App } from '../../app/app.ts'
import { cataloguePhrases as words } from '../../message/phrases/catalogue.ts'
import { say } from '../../message/phrases.ts'
import type { Command } from '../command.ts'

export const command: Command = {
  name: 'forget-source',
  summary: words['forget-source.summary'],
  positionals: [{ name: 'PATH' }],
  options: {},
  examples: ['pulih forget-source data/old.db'],
  async run({ app: open, positionals, global }) {
    const app = await open()
    const path = pathInApp(app, positionals[0]!)
    const { expectedDatabases, forgetSource } = await import('../../catalogue/catalogue.ts')
    await forgetSource(app, path, { dryRun: global.dryRun })
    const expected = await expectedDatabases(app)
    const stillThere = existsSync(resolve(app.folders.app, path))
    return {
      exit: stillThere ? 3 : 0,
      json: { path, forgotten: !global.dryRun, expected, stillThere },
      text: (language) =>
        [
          say(language, global.dryRun ? 'forget-source.would' : 'forget-source.done', { path }),
          ...(stillThere ? [`⚠️ ${say(language, 'forget-source.still-there', { path })}`] : []),
          say(language, 'front.next', { command: 'pulih backup' }),
        ].join('\n'),
    }
  },
}

/** As manifests write it, however it was typed. */
function pathInApp({ folders }: App, typed: string): string {
  const inside = isAbsolute(typed) ? relative(folders.app, typed) : typed
  return posix.normalize(inside)
}

import { cataloguePhrases as words } from '../../message/phrases/catalogue.ts'
import { say } from '../../message/phrases.ts'
import type { Command } from '../command.ts'

export const command: Command = {
  name: 'unpin',
  summary: words['unpin.summary'],
  positionals: [{ name: 'NAME' }],
  options: {},
  examples: ['pulih unpin backup_manual_20250802_120000'],
  async run({ app: open, positionals, global }) {
    const app = await open()
    const { findBackup, unpin } = await import('../../catalogue/catalogue.ts')
    const name = positionals[0]!
    const backup = global.dryRun ? await findBackup(app, name) : await unpin(app, name)
    return {
      exit: 0,
      json: {
        name: backup.name,
        pinned: backup.pinned,
        reason: backup.pinReason,
        ...(global.dryRun ? { dryRun: true } : {}),
      },
      text: (language) =>
        [
          say(language, global.dryRun ? 'unpin.would' : 'unpin.done', { name: backup.name }),
          say(language, 'front.next', { command: 'pulih prune --dry-run' }),
        ].join('\n'),
    }
  },
}

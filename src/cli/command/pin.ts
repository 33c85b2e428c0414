import { cataloguePhrases as words } from '../../message/phrases/catalogue.ts'
import { say } from '../../message/phrases.ts'
import type { Command } from '../command.ts'

export const command: Command = {
  name: 'pin',
  summary: words['pin.summary'],
  positionals: [{ name: 'NAME' }],
  options: { reason: { type: 'string', value: 'TEXT', summary: words['pin.option.reason'] } },
  examples: ['pulih pin backup_manual_20250802_120000', 'pulih pin latest --reason "before the audit"'],
  async run({ app: open, positionals, options, global }) {
    const app = await open()
    const { findBackup, pin } = await import('../../catalogue/catalogue.ts')
    const reason = typeof options.reason === 'string' ? options.reason : null
    const name = positionals[0]!
    const backup = global.dryRun ? await findBackup(app, name) : await pin(app, name, reason)
    return {
      exit: 0,
      json: {
        name: backup.name,
        pinned: backup.pinned,
        reason: backup.pinReason,
        ...(global.dryRun ? { dryRun: true } : {}),
      },
      text: (language) => say(language, global.dryRun ? 'pin.would' : 'pin.done', { name: backup.name }),
    }
  },
}

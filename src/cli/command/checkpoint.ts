import { scenarioPhrases as words } from '../../message/phrases/scenario.ts'
import { say, sayNote } from '../../message/phrases.ts'
import type { Language } from '../../message/sentence.ts'
import type { Command } from '../command.ts'
import { style } from '../show/style.ts'

export const command: Command = {
  name: 'checkpoint',
  summary: words['checkpoint.summary'],
  positionals: [{ name: 'NAME' }, { name: 'LABEL', optional: true }],
  options: {},
  examples: ['pulih checkpoint add_new_asset_fields', 'pulih checkpoint add_new_asset_fields columns-added'],
  async run({ app, positionals, signal, progress, global }) {
    const [name = '', label = null] = positionals
    const { checkpoint, migrationPath } = await import('../../scenario/migration.ts')
    const { readPlan } = await import('../../scenario/plan.ts')
    if (global.dryRun) {
      const plan = migrationPath(await app(), name)
      await readPlan(plan)
      const text = (language: Language): string => say(language, 'scenario.would', { path: plan, command: null })
      return { exit: 0, json: { migration: name, plan, label, backup: null, dryRun: true }, text }
    }
    const made = await checkpoint(await app(), name, label, { signal, progress })
    const { path, warnings } = made
    const { label: own, backup, at } = made.checkpoint
    const told = warnings.map((one) => ({ code: one.code, message: sayNote(global.language, one) }))
    return {
      exit: warnings.length > 0 ? 3 : 0,
      json: { migration: name, plan: path, label: own, backup, at, warnings: told },
      text: (language) =>
        [
          style.good(say(language, 'checkpoint.done', { label: own, backup })),
          say(language, 'scenario.next', { what: 'back', command: `pulih rollback ${name} --to ${own}` }),
        ].join('\n'),
    }
  },
}

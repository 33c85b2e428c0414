import { PulihError } from '../../error.ts'
import { scenarioPhrases as words } from '../../message/phrases/scenario.ts'
import { say } from '../../message/phrases.ts'
import type { Command } from '../command.ts'
import { planScreen } from '../show/plan.ts'
import { style } from '../show/style.ts'
import { ended, watching } from './plan.ts'

export const command: Command = {
  name: 'rollback',
  summary: words['rollback.summary'],
  positionals: [{ name: 'VERSION|NAME' }],
  options: { to: { type: 'string', value: 'CHECKPOINT', summary: words['rollback.option.to'] } },
  examples: ['pulih rollback v2.0.0', 'pulih rollback add_new_asset_fields --to step1 --yes'],
  async run(call) {
    const app = await call.app()
    const name = call.positionals[0] ?? ''
    const { rollbackPlan, runRollback } = await import('../../scenario/rollback.ts')
    const target = await rollbackPlan(app, name, (call.options.to as string | undefined) ?? null)
    const { language, quiet, json, dryRun, yes } = call.global
    const { plan } = target
    if (dryRun) return { exit: 0, json: { ...plan, dryRun: true }, text: (spoken) => planScreen(plan, spoken) }
    if (!yes && !quiet && !json) call.terminal.show(planScreen(plan, language))
    if (!(await call.terminal.confirm(say(language, 'plan.ask', { target: plan.target }))))
      throw new PulihError('cancelled')
    const done = await runRollback(app, target, watching(call))
    const outcome = ended(target.path, done)
    if (done.status !== 'done') return outcome
    return {
      ...outcome,
      text: (spoken) =>
        [
          outcome.text(spoken),
          style.good(say(spoken, 'rollback.done', { name, backup: done.backup ?? '' })),
          say(spoken, 'scenario.next', { what: 'undo', command: 'pulih restore --undo' }),
        ].join('\n'),
    }
  },
}

import { corruptionPhrases as words } from '../../message/phrases/corruption.ts'
import type { Command, Outcome } from '../command.ts'
import { corruptionScreen } from '../show/corruption.ts'

/** `scenario corruption`: exit 0 when nothing is wrong, else 3. */
export function corruptionCommand(): Command {
  return {
    name: 'corruption',
    summary: words['scenario.corruption.summary'],
    positionals: [],
    options: { use: { type: 'string', value: 'OPTION', summary: words['corruption.option.use'] } },
    examples: ['pulih scenario corruption', 'pulih scenario corruption --json'],
    async run({ options, app: open, signal, progress, global }): Promise<Outcome> {
      const app = await open()
      const { scenarioCorruption } = await import('../../scenario/corruption.ts')
      const use = (options.use as string | undefined) ?? null
      const end = await scenarioCorruption(app, { use, signal, progress })
      const { path, plan, findings, options: ways, recommendation, unusable } = end
      const { language } = global
      return {
        exit: findings.length === 0 ? 0 : 3,
        json: {
          ...{ scenario: 'corruption', plan: path, backup: plan.backup, status: plan.status },
          findings: findings.map((one) => ({ ...one, message: one.message[language] })),
          options: ways,
          recommendation: recommendation && { ...recommendation, reason: recommendation.reason[language] },
          ...{ unusable, databases: plan.databases, steps: plan.steps },
        },
        text: (spoken) => corruptionScreen(end, spoken),
      }
    },
  }
}

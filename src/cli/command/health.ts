import { type CheckName, checkNames } from '../../check/check.ts'
import { PulihError } from '../../error.ts'
import { statusPhrases as words } from '../../message/phrases/status.ts'
import type { Call, Command } from '../command.ts'

export const command: Command = {
  name: 'health',
  summary: words['health.summary'],
  positionals: [],
  options: { only: { type: 'string', value: 'CHECK', summary: words['health.option.only'] } },
  examples: ['pulih health', 'pulih health --json', 'pulih health --only database-integrity'],
  async run(call) {
    const only = onlyFrom(call)
    const app = await call.app()
    const [{ lookAtHealth }, { writeReport }, { healthOutcome }] = await Promise.all([
      import('../../check/all.ts'),
      import('../../check/report.ts'),
      import('../show/health.ts'),
    ])
    const { signal, progress, global } = call
    const health = await lookAtHealth(app, { depth: 'full', only, signal, progress })
    return healthOutcome(app, health, await writeReport(app, health, global.language), global.language)
  },
}

function onlyFrom({ options }: Call): CheckName | undefined {
  const { only } = options
  if (only === undefined) return undefined
  const name = checkNames.find((one) => one === only)
  if (name === undefined)
    throw new PulihError('usage.value', { option: '--only', found: String(only), allowed: checkNames.join(', ') })
  return name
}

import type { App } from '../../app/app.ts'
import { PulihError } from '../../error.ts'
import { statusPhrases as words } from '../../message/phrases/status.ts'
import { say } from '../../message/phrases.ts'
import { parseDuration } from '../../time/duration.ts'
import { logStamp } from '../../time/zone.ts'
import type { Call, Command, Outcome } from '../command.ts'

export const command: Command = {
  name: 'monitor',
  summary: words['monitor.summary'],
  positionals: [],
  options: {
    once: { type: 'boolean', summary: words['monitor.option.once'] },
    every: { type: 'string', value: '5m', summary: words['monitor.option.every'] },
  },
  examples: ['pulih monitor --once', 'pulih monitor --once --json', 'pulih monitor --every 10m'],
  async run(call) {
    const everyMs = everyFrom(call)
    const app = await call.app()
    return call.options.once === true ? await round(app, call) : await watch(app, call, everyMs)
  },
}

function everyFrom({ options }: Call): number {
  const { every } = options
  const ms = every === undefined ? 5 * 60_000 : parseDuration(String(every))
  if (ms === null || ms < 10_000)
    throw new PulihError('usage.value', { option: '--every', found: String(every), allowed: '10s, 5m, 1h' })
  return ms
}

async function round(app: App, { signal, progress, global }: Call): Promise<Outcome> {
  const [{ monitor }, { writeReport }, { healthOutcome }] = await Promise.all([
    import('../../alert/monitor.ts'),
    import('../../check/report.ts'),
    import('../show/health.ts'),
  ])
  const health = await monitor(app, { signal, progress })
  return healthOutcome(app, health, await writeReport(app, health, global.language), global.language)
}

/** Until somebody ends it: each round is a line. */
async function watch(app: App, call: Call, everyMs: number): Promise<never> {
  const [{ monitor }, { openAlerts }] = await Promise.all([
    import('../../alert/monitor.ts'),
    import('../../alert/alert.ts'),
  ])
  for (;;) {
    const { status } = await monitor(app, { signal: call.signal })
    const open = (await openAlerts(app)).length
    const at = logStamp(app.clock.now(), app.zone)
    call.terminal.show(say(call.global.language, 'monitor.round', { at, status, open }))
    await app.clock.sleep(everyMs, call.signal)
  }
}

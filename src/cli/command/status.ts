import type { App } from '../../app/app.ts'
import { statusPhrases as words } from '../../message/phrases/status.ts'
import type { Call, Command, Outcome } from '../command.ts'

export const command: Command = {
  name: 'status',
  summary: words['status.summary'],
  positionals: [],
  options: { watch: { type: 'boolean', summary: words['status.option.watch'] } },
  examples: ['pulih status', 'pulih status --json', 'pulih status --watch'],
  async run(call) {
    const app = await call.app()
    return call.options.watch === true && !call.global.json ? await watch(app, call) : await look(app, call)
  },
}

const everyMs = 5000

async function look(app: App, { signal, progress, global }: Call): Promise<Outcome> {
  const [{ glance }, { openAlerts }, { statusJson, statusScreen }] = await Promise.all([
    import('../../check/glance.ts'),
    import('../../alert/alert.ts'),
    import('../show/status.ts'),
  ])
  const [seen, alerts] = [await glance(app, { signal, progress }), await openAlerts(app)]
  return {
    exit: 0,
    json: statusJson(app, seen, alerts, global.language),
    text: (language) => statusScreen(app, seen, alerts, language),
  }
}

/** Until Ctrl+C; each look clears the screen when there is one. */
async function watch(app: App, call: Call): Promise<never> {
  const clear = call.terminal.interactive ? '\x1b[H\x1b[2J' : ''
  for (;;) {
    const seen = await look(app, call)
    call.terminal.show(clear + seen.text(call.global.language))
    await app.clock.sleep(everyMs, call.signal)
  }
}

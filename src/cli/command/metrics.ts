import { basename, resolve } from 'node:path'
import type { App } from '../../app/app.ts'
import type { Metric } from '../../check/metrics.ts'
import { statusPhrases as words } from '../../message/phrases/status.ts'
import { say } from '../../message/phrases.ts'
import type { Call, Command, Outcome } from '../command.ts'
import { style } from '../show/style.ts'

export const command: Command = {
  name: 'metrics',
  summary: words['metrics.summary'],
  positionals: [],
  options: { textfile: { type: 'string', value: 'FILE', summary: words['metrics.option.textfile'] } },
  examples: ['pulih metrics', 'pulih metrics --textfile /var/lib/prometheus/node-exporter/pulih.prom'],
  async run(call) {
    const app = await call.app()
    const metrics = await look(app, call)
    const { metricsText } = await import('../../check/metrics.ts')
    const text = metricsText(metrics)
    const { textfile } = call.options
    const json = { metrics: metrics.filter(({ samples }) => samples.length > 0) }
    if (typeof textfile !== 'string') return { exit: 0, json, text: () => text.trimEnd() }
    return await written(resolve(textfile), text, json)
  },
}

async function look(app: App, { signal, progress }: Call): Promise<readonly Metric[]> {
  const [{ glance }, { metricsOf }, { vaultFacts }, { openAlerts }, { history }] = await Promise.all([
    import('../../check/glance.ts'),
    import('../../check/metrics.ts'),
    import('../../check/vault.ts'),
    import('../../alert/alert.ts'),
    import('../../catalogue/history.ts'),
  ])
  const seen = await glance(app, { signal, progress })
  const [acts, alerts] = await Promise.all([history(app), openAlerts(app)])
  const { backups, nowMs } = seen
  const vault = vaultFacts({ app, nowMs, depth: 'quick', backups, acts })
  return metricsOf({ seen, vault, alerts, app: basename(app.folders.app) })
}

/** The collector runs as another user, and never sees half a file. */
async function written(path: string, text: string, json: { readonly metrics: readonly Metric[] }): Promise<Outcome> {
  const { writeDurably } = await import('../../disk/draft.ts')
  await writeDurably(path, text, { mode: 0o644 })
  const count = json.metrics.length
  return {
    exit: 0,
    json: { ...json, textfile: path },
    text: (language) => style.good(say(language, 'metrics.written', { path, count })),
  }
}

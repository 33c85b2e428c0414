import type { App } from '../app/app.ts'
import { redact } from '../catalogue/redact.ts'
import { type DrillRequest, type DrillResult, drill } from '../drill/drill.ts'
import { note, sayNote } from '../message/phrases.ts'
import { raise, settle } from './alert.ts'

/** A drill whose failure is an alert, closed by the next that passes. Throws what a drill throws. */
export async function drillWithAlert(app: App, request: DrillRequest = {}): Promise<DrillResult> {
  const result = await drill(app, request)
  const { backup, reason } = result
  if (reason === null) await settle(app, 'drill-failed')
  else {
    const said = redact(sayNote(app.language, reason), app)
    const about = note('alert.drill-failed', { backup, reason: said })
    await raise(app, { key: 'drill-failed', severity: 'critical', note: about })
  }
  return result
}

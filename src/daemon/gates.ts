import type { App } from '../app/app.ts'
import { redact } from '../catalogue/redact.ts'
import { isPulihError, PulihError } from '../error.ts'
import { sayNote } from '../message/phrases.ts'
import { isoWithOffset } from '../time/zone.ts'
import { recordDone } from '../trigger/changes.ts'
import { newestSequence } from '../trigger/existing.ts'
import { typeOfTrigger } from '../trigger/kind.ts'
import { gateWaitMs, runTrigger, type TriggerResult } from '../trigger/run.ts'
import type { ClosedAnswer, DoneAnswer, DoneAsk, OpenAnswer, TriggerAsk } from './protocol.ts'
import { Turnstile } from './turnstile.ts'

/** What a daemon does for hosts. `answer` may come before the promise settles: with `until: 'stored'`. */
export class Gates {
  readonly #app: () => App
  readonly #signal: AbortSignal
  readonly #turnstile = new Turnstile()

  constructor(app: () => App, signal: AbortSignal) {
    this.#app = app
    this.#signal = signal
  }

  /** `arrivedMs`: when the question was read. Never throws: trouble is the answer `closed`. */
  async trigger(ask: TriggerAsk, arrivedMs: number, answer: (open: OpenAnswer | ClosedAnswer) => void): Promise<void> {
    const app = this.#app()
    const { name, label = null, reason = null, until = 'proven', override = null, waitMs = gateWaitMs } = ask
    const started = performance.now()
    // Where the folder cannot be read, the backup itself is about to say so.
    const newest = newestSequence(app).catch(() => undefined)
    const onStored = (result: TriggerResult) => answer(openAnswer(app, name, result))
    try {
      const result = await this.#turnstile.pass(waitMs, async () => {
        const sequence = await newest
        const leftMs = Math.max(0, waitMs - (performance.now() - started))
        const request = { name, label, reason, until, override, arrivedMs, waitMs: leftMs, onStored }
        return runTrigger(app, { ...request, ...(sequence === undefined ? {} : { sequence }), signal: this.#signal })
      })
      answer(openAnswer(app, name, result))
    } catch (error) {
      answer(closedAnswer(app, error))
    }
  }

  async done({ name, backup, ok }: DoneAsk): Promise<DoneAnswer | ClosedAnswer> {
    const app = this.#app()
    try {
      return { answer: 'done', changed: await recordDone(app, { name, backup, ok, signal: this.#signal }) }
    } catch (error) {
      return closedAnswer(app, error)
    }
  }
}

function openAnswer(app: App, trigger: string, result: TriggerResult): OpenAnswer {
  const { outcome, backup, state, captureFromMs, warnings } = result
  return {
    answer: 'open',
    ...{ trigger, type: typeOfTrigger(trigger), outcome, backup, state },
    captured: captureFromMs === null ? null : isoWithOffset(captureFromMs, app.zone),
    warnings: warnings.map((one) => ({ code: one.code, message: sayNote(app.language, one) })),
  }
}

/** Any thrown thing as a host can show it. */
export function closedAnswer(app: App, error: unknown): ClosedAnswer {
  const detail = error instanceof Error ? error.message : String(error)
  const known = isPulihError(error) ? error : new PulihError('bug', { detail })
  const [message, hint] = known.words(app.language).map((text) => redact(text, app)) as [string, string]
  return { answer: 'closed', error: { code: known.code, message, hint, exit: known.exit } }
}

import type { App } from '../app/app.ts'
import { type GateOptions, openGate } from './gate.ts'

export interface LifecycleHooks {
  /** Starts the app; called after the startup backup. */
  readonly start?: () => unknown
  /** Stops the app; the shutdown backup follows. */
  readonly stop?: () => unknown
}

export interface Lifecycle {
  /** Backup, then `start`. Rejects with gate.closed when there is no backup: then the app was not started. */
  start(): Promise<void>
  /** `stop`, then backup; the second call and a signal wait for the same stop. */
  stop(): Promise<void>
}

const signals = ['SIGINT', 'SIGTERM'] as const

/** Backs up around an app's life, once at each end, also when a signal ends it; then that signal takes its course. */
export function lifecycle(app: App, hooks: LifecycleHooks, options: GateOptions = {}): Lifecycle {
  let starting: Promise<void> | null = null
  let stopping: Promise<void> | null = null
  const stop = (): Promise<void> => {
    stopping ??= stopOnce()
    return stopping
  }
  const onSignal = (signal: NodeJS.Signals): void => {
    stop().then(
      () => process.kill(process.pid, signal),
      (error: unknown) => {
        process.stderr.write(`pulih: ${error instanceof Error ? error.message : String(error)}\n`)
        process.kill(process.pid, signal)
      },
    )
  }
  const deaf = (): void => {
    for (const signal of signals) process.off(signal, onSignal)
  }
  const startOnce = async (): Promise<void> => {
    await openGate(app, 'startup', options)
    for (const signal of signals) process.once(signal, onSignal)
    await hooks.start?.()
  }
  const stopOnce = async (): Promise<void> => {
    try {
      await hooks.stop?.()
    } finally {
      // An app that did not stop in good order needs its backup all the more.
      await openGate(app, 'shutdown', options).finally(deaf)
    }
  }
  return {
    start: () => {
      starting ??= startOnce()
      return starting
    },
    stop,
  }
}

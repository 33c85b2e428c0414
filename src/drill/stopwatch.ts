import type { App } from '../app/app.ts'

export type PhaseName = 'fetch' | 'verify' | 'recover' | 'smoke-test' | 'start'

export interface Phase {
  readonly name: PhaseName
  readonly ms: number
}

export interface Stopwatch {
  readonly phases: readonly Phase[]
  time<T>(name: PhaseName, step: () => Promise<T>): Promise<T>
}

export function stopwatch({ clock }: App): Stopwatch {
  const phases: Phase[] = []
  return {
    phases,
    async time<T>(name: PhaseName, step: () => Promise<T>): Promise<T> {
      const started = clock.steady()
      try {
        return await step()
      } finally {
        phases.push({ name, ms: Math.round(clock.steady() - started) })
      }
    },
  }
}

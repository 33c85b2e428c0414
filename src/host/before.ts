import type { App } from '../app/app.ts'
import { type GateOptions, openGate, tellDone } from './gate.ts'

type Async<F extends (...args: never[]) => unknown> = (
  this: ThisParameterType<F>,
  ...args: Parameters<F>
) => Promise<Awaited<ReturnType<F>>>

/** Wraps a function, or decorates a method (standard TC39 decorator): one value, both uses. */
export type Guard = <F extends (...args: never[]) => unknown>(
  method: F,
  context?: ClassMethodDecoratorContext,
) => Async<F>

/**
 * A guard for risky operations: what it wraps starts only once a backup that began after the call is proven, and rejects
 * with gate.closed otherwise. Arguments, `this`, result and errors pass through.
 */
export function before(app: App, name: string, options: GateOptions = {}): Guard {
  return (method) => {
    const body: (...all: never[]) => unknown = method
    const guarded = async function (this: unknown, ...args: unknown[]): Promise<unknown> {
      const opened = await openGate(app, name, options)
      const done = (ok: boolean): void => {
        // A record of what changed is good to have; the operation itself is over and must not fail for it.
        tellDone(app, name, opened, ok).catch(() => undefined)
      }
      try {
        const result = await body.apply(this as never, args as never[])
        done(true)
        return result
      } catch (error) {
        done(false)
        throw error
      }
    }
    Object.defineProperty(guarded, 'name', { value: method.name, configurable: true })
    return guarded as never
  }
}

import { type OpenOptions, openApp } from './app/open.ts'
import { before, type Guard } from './host/before.ts'
import { type GateOptions, type Opened, openGate } from './host/gate.ts'
import { type Lifecycle, type LifecycleHooks, lifecycle } from './host/lifecycle.ts'
import { type Middleware, middleware } from './host/middleware.ts'

export { isPulihError, PulihError } from './error.ts'
export { version } from './version.ts'
export type { GateOptions, Guard, Lifecycle, LifecycleHooks, Middleware, Opened }

/** One app, as its own code sees pulih. It never opens the databases: the daemon, or a process of its own, does the work. */
export interface Pulih {
  /**
   * A guard: wraps a function or decorates a method, whose body then starts only behind a fresh, proven backup.
   *
   * @example
   * const guard = pulih.before('bulk_delete_assets')
   * const removeAll = guard(async (user: number) => remove(user))
   * await removeAll(7)
   */
  before(name: string, options?: GateOptions): Guard
  /**
   * Asks for the backup now, and answers once it is there; rejects with `PulihError` `gate.closed` otherwise.
   *
   * @example
   * const { backup } = await pulih.trigger('before_migration', { label: 'add_currency' })
   */
  trigger(name: string, options?: GateOptions): Promise<Opened>
  /**
   * Backs up before the app starts and after it stopped, signals included.
   *
   * @example
   * const life = pulih.lifecycle({ start: () => bot.start(), stop: () => bot.stop() })
   * await life.start()
   */
  lifecycle(hooks: LifecycleHooks, options?: GateOptions): Lifecycle
  /**
   * Guards a bot command or a route in one line.
   *
   * @example
   * bot.command('hapus', pulih.middleware('bulk_delete_assets'), remove)
   */
  middleware(name: string, options?: GateOptions): Middleware
}

/**
 * Opens the app in `dir`, or the nearest folder upward with `config/backup_config.json`. Reads its configuration and
 * nothing else. Rejects with `PulihError` (`config.*`) when that is wrong.
 *
 * @example
 * const pulih = await open()
 * await pulih.trigger('before_deployment', { label: 'v2.0.0' })
 */
export async function open(options: Pick<OpenOptions, 'dir' | 'config' | 'language'> = {}): Promise<Pulih> {
  const app = await openApp(options)
  return {
    before: (name, wishes) => before(app, name, wishes),
    trigger: (name, wishes) => openGate(app, name, wishes),
    lifecycle: (hooks, wishes) => lifecycle(app, hooks, wishes),
    middleware: (name, wishes) => middleware(app, name, wishes),
  }
}

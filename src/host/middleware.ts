import type { App } from '../app/app.ts'
import { type GateOptions, openGate } from './gate.ts'

/** The shape that grammY, Telegraf, Koa and Hono share: do something, then call the rest. */
export type Middleware = <T>(context: unknown, next: () => Promise<T>) => Promise<T>

/** Guards a command of a chat bot, or a route, in one line: the rest runs only once its backup is there. */
export function middleware(app: App, name: string, options: GateOptions = {}): Middleware {
  return async (_context, next) => {
    await openGate(app, name, options)
    return await next()
  }
}

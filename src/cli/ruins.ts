import type { App } from '../app/app.ts'
import { isPulihError, type PulihError } from '../error.ts'
import type { Call } from './command.ts'

export interface Ruins {
  readonly app: App
  /** What is wrong with the app's configuration, which was passed over; null: nothing. */
  readonly problem: PulihError | null
}

/**
 * The app for whoever recovers it: a configuration that cannot be used must not hinder that, unless it was named. Throws
 * config.* for a named one, and for a folder that is not there.
 */
export async function openRuins(call: Call): Promise<Ruins> {
  const { dir, config, language } = call.global
  try {
    return { app: await call.app(), problem: null }
  } catch (error) {
    if (config !== undefined || !isPulihError(error) || !error.code.startsWith('config.')) throw error
    const { openWithDefaults } = await import('../app/open.ts')
    return { app: openWithDefaults({ language, ...(dir === undefined ? {} : { dir }) }), problem: error }
  }
}

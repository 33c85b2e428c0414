import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { configName, openApp } from '../app/open.ts'
import { logLine } from '../catalogue/log.ts'
import { isPulihError } from '../error.ts'
import { note, say } from '../message/phrases.ts'
import { alarm, calm } from '../trigger/alarm.ts'

const alertKey = 'config-unreadable'

/** The app as its configuration says now: read again when that file changed, so that no restart is needed. */
export class AppOnDisk {
  #current: App
  #seen: string

  constructor(app: App) {
    this.#current = app
    this.#seen = stampOf(app)
  }

  get current(): App {
    return this.#current
  }

  /** With a configuration that cannot be read the last good one stays, and a person hears of it. */
  async look(): Promise<void> {
    const app = this.#current
    const stamp = stampOf(app)
    if (stamp === this.#seen) return
    this.#seen = stamp
    try {
      const { clock, language, folders, configPath } = app
      const path = configPath === null ? {} : { config: configPath }
      this.#current = await openApp({ clock, language, dir: folders.app, ...path })
      logLine(this.#current, 'INFO', say(language, 'log.config-read'))
      await calm(app, alertKey)
    } catch (error) {
      const reason = isPulihError(error) ? error.words(app.language)[0] : String(error)
      logLine(app, 'ERROR', say(app.language, 'log.config-unread', { reason }))
      await alarm(app, alertKey, 'warning', note('alert.config-unread', { reason }))
    }
  }
}

function stampOf({ configPath, folders }: App): string {
  const found = statSync(configPath ?? join(folders.app, configName), { throwIfNoEntry: false })
  return found === undefined ? 'none' : `${found.mtimeMs} ${found.ctimeMs} ${found.size} ${found.ino}`
}

import type { Language } from '../message/sentence.ts'
import type { Clock } from '../time/clock.ts'
import type { Config } from './config.ts'
import type { Folders } from './folders.ts'

/** One app under care: what `openApp` reads and every act is handed. Opening writes nothing. */
export interface App {
  readonly folders: Folders
  readonly config: Config
  /** The configuration file that was read; null when there is none (defaults and discovery). */
  readonly configPath: string | null
  /** IANA time zone of names, schedules and printed times. */
  readonly zone: string
  readonly language: Language
  readonly clock: Clock
}

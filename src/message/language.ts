import type { Language } from './sentence.ts'

/** Indonesian when `LANG` says so; where it is not set, what `LC_ALL` or `LC_MESSAGES` say. English else. */
export function languageOfSystem(env: NodeJS.ProcessEnv): Language {
  const name = env.LANG || env.LC_ALL || env.LC_MESSAGES || ''
  return /^(id|in)([_.@-]|$)/i.test(name) ? 'id' : 'en'
}

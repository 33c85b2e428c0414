import { inspect } from 'node:util'
import type { App } from '../app/app.ts'
import { redact } from '../catalogue/redact.ts'
import { isPulihError, PulihError } from '../error.ts'
import type { ExitCode, Language } from '../message/sentence.ts'
import { style } from './show/style.ts'

/** What a failed command says: on standard error for a person, as the one JSON document on standard output else. */
export interface Failure {
  readonly exit: ExitCode
  readonly json: { readonly error: { readonly code: string; readonly message: string; readonly hint: string } }
  readonly text: string
  /** Where it happened, for whoever mends it; shown with `--verbose` only. */
  readonly detail: string
}

interface Reader {
  readonly language: Language
  readonly signal: AbortSignal
  readonly app: App | null
}

/**
 * Words any thrown thing in the reader's language; what pulih did not throw on purpose is worded as a bug. Secrets that
 * some library put into its message are dots.
 */
export function failureOf(error: unknown, { language, signal, app }: Reader): Failure {
  const known = knownError(error, signal)
  const [message, hint] = known.words(language).map((text) => redact(text, app)) as [string, string]
  return {
    exit: known.exit,
    json: { error: { code: known.code, message, hint } },
    text: `${style.bad('pulih:')} ${message}\n  → ${hint}`,
    detail: redact(inspect(error), app),
  }
}

function knownError(error: unknown, signal: AbortSignal): PulihError {
  if (isPulihError(error)) return error
  // Closing two things failed: what went wrong first is the news, `.suppressed` holds it.
  if (error instanceof SuppressedError && isPulihError(error.suppressed)) return error.suppressed
  if (signal.aborted || (error instanceof Error && error.name === 'AbortError')) return new PulihError('cancelled')
  return new PulihError('bug', { detail: error instanceof Error ? error.message : String(error) }, { cause: error })
}

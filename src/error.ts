import { type ErrorCode, type ErrorFacts, errors } from './message/errors.ts'
import type { ExitCode, Language, MessageAndHint } from './message/sentence.ts'

/**
 * The one error this program throws on purpose: a code, its facts, a cause. The sentence and its hint live in
 * `message/` in both languages; facts must never hold a secret (they are printed, logged and sent).
 *
 * @example
 * try {
 *   await pulih.trigger('before_migration')
 * } catch (error) {
 *   if (error instanceof PulihError) console.error(error.code, ...error.words('id'))
 * }
 */
export class PulihError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'PulihError'
  readonly code: C
  readonly facts: ErrorFacts<C>
  readonly exit: ExitCode

  constructor(
    code: C,
    ...[facts, options]: ErrorFacts<C> extends void
      ? [facts?: undefined, options?: ErrorOptions]
      : [facts: ErrorFacts<C>, options?: ErrorOptions]
  ) {
    super(speak('en', code, facts)[0], options)
    this.code = code
    this.facts = facts as ErrorFacts<C>
    this.exit = errors[code].exit
  }

  /** `[message, hint]` in the reader's language. */
  words(language: Language): MessageAndHint {
    return speak(language, this.code, this.facts)
  }
}

function speak(language: Language, code: ErrorCode, facts: unknown): MessageAndHint {
  return (errors[code][language] as (facts: unknown) => MessageAndHint)(facts)
}

/**
 * True for a pulih error, of the given code if one is named.
 *
 * @example
 * await pulih.trigger('before_migration').catch((error: unknown) => {
 *   if (isPulihError(error, 'gate.closed')) console.error(error.facts.code, error.facts.hint)
 *   else throw error
 * })
 */
export function isPulihError<C extends ErrorCode>(error: unknown, code?: C): error is PulihError<C> {
  return error instanceof PulihError && (code === undefined || error.code === code)
}

/** The errno code of a system error (`ENOENT` …), or undefined. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** A broken assumption: worded as a bug to report. */
export function assert(condition: unknown, detail: string): asserts condition {
  if (!condition) throw new PulihError('bug', { detail })
}

/** The two languages of every sentence a person reads; both sides are required, so a missing one does not compile. */
export type Language = 'id' | 'en'

/** 0 done · 1 failed · 2 wrong usage or configuration · 3 done with warnings · 4 critical health · 5 busy · 130 cancelled */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 130

/** `[what happened, what to do now]`; the second part names a command where there is one. */
export type MessageAndHint = readonly [message: string, hint: string]

export interface ErrorSentence<F> {
  readonly exit: ExitCode
  readonly en: (facts: F) => MessageAndHint
  readonly id: (facts: F) => MessageAndHint
}

export interface Phrase<F> {
  readonly en: (facts: F) => string
  readonly id: (facts: F) => string
}

/** Declares an error: `failure<{ name: string }>(1, { en: …, id: … })`. */
export function failure<F = void>(exit: ExitCode, words: Omit<ErrorSentence<F>, 'exit'>): ErrorSentence<F> {
  return { exit, ...words }
}

/** Declares any other sentence: `phrase<{ count: number }>({ en: …, id: … })`. */
export function phrase<F = void>(words: Phrase<F>): Phrase<F> {
  return words
}

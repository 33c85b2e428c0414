import { inspect } from 'node:util'

/**
 * A token or password: prints as dots everywhere; `reveal()` is the one way out, at the moment of use. A function is
 * asked at every reveal, so that a command that needs no secret never fails for one, and a changed file counts at once.
 */
export class Secret {
  readonly #value: string | (() => string)
  constructor(value: string | (() => string)) {
    this.#value = value
  }
  /** Throws `config.secret` when the variable or file that holds it is not there. */
  reveal(): string {
    return typeof this.#value === 'string' ? this.#value : this.#value()
  }
  toString(): string {
    return '••••'
  }
  toJSON(): string {
    return '••••'
  }
  [inspect.custom](): string {
    return '••••'
  }
}

/** What is wrong with bytes that claim to be part of a repository. Carries no file name: whoever read them knows it. */
export class RepositoryFault extends Error {
  override readonly name = 'RepositoryFault'
  /** `sealed`: the authentication tag does not fit (wrong key or changed bytes) · `invalid`: opens, but breaks a rule. */
  readonly kind: 'sealed' | 'invalid'

  constructor(kind: 'sealed' | 'invalid', detail: string, options?: ErrorOptions) {
    super(detail, options)
    this.kind = kind
  }
}

export function invalid(detail: string, cause?: unknown): RepositoryFault {
  return new RepositoryFault('invalid', detail, { cause })
}

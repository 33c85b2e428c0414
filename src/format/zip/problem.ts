/** The bytes are not a zip that can be read at all; anything less is a `ZipProblem` in a list. */
export class ZipError extends Error {
  override readonly name = 'ZipError'
  /** `endless`: no end record; a cut-off zip or no zip, as its beginning tells. */
  readonly kind: 'unreadable' | 'truncated' | 'endless'

  constructor(kind: ZipError['kind'], reason: string) {
    super(reason)
    this.kind = kind
  }
}

/** Something wrong that does not stop the reading. `detail` is technical, in English. */
export interface ZipProblem {
  readonly code: 'archive-unreadable' | 'entry-damaged' | 'entry-unsafe-name'
  readonly detail: string
}

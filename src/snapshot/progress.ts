/** What long work reports while it runs; the front decides whether that is a bar, a log line or a JSON event. */
export interface ProgressEvent {
  readonly step:
    | 'capture'
    | 'check'
    | 'store'
    | 'read-back'
    | 'prove'
    | 'fetch'
    | 'swap'
    | 'scan'
    | 'upload'
    | 'download'
  /** What is being worked on: a database or file path, a backup's name. */
  readonly subject?: string
  readonly done: number
  readonly total: number
  readonly unit: 'bytes' | 'items'
}

export type Progress = (event: ProgressEvent) => void

/** What every act takes: a way to be cancelled, and somebody to tell. */
export interface Work {
  readonly signal?: AbortSignal | undefined
  readonly progress?: Progress | undefined
}

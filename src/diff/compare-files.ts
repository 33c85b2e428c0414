import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { PulihError } from '../error.ts'
import type { DiffAsk, DiffLine, FileDiff, RowDiff } from './protocol.ts'

/** A database that could not be compared, and why. */
export interface NotCompared {
  readonly problem: string
}

/**
 * How two of our own closed copies differ. With `onRow`, every row that differs is told as it is found; nothing is gathered
 * here. What cannot be read is answered. Throws cancelled only.
 */
export async function compareFiles(
  ask: Omit<DiffAsk, 'rows'>,
  onRow: ((row: RowDiff) => void) | null,
  signal?: AbortSignal,
): Promise<FileDiff | NotCompared> {
  if (signal?.aborted) throw new PulihError('cancelled')
  const program = import.meta.filename.replace(/compare-files(\.[jt]s)$/, 'child$1')
  const child = spawn(process.execPath, ['--no-warnings', program], { stdio: 'pipe' })
  const closed = once(child, 'close')
  const stop = (): void => void child.kill('SIGKILL')
  signal?.addEventListener('abort', stop, { once: true })
  try {
    // It may die before it has read the question; how it ended says so.
    child.stdin.on('error', () => undefined)
    child.stdin.end(JSON.stringify({ ...ask, rows: onRow !== null }))
    const trouble = text(child.stderr)
    let done: FileDiff | null = null
    for await (const line of createInterface({ input: child.stdout })) {
      const said = JSON.parse(line) as DiffLine
      if ('done' in said) done = said.done
      else onRow?.(said.row)
    }
    await closed
    if (signal?.aborted) throw new PulihError('cancelled')
    if (done !== null && child.exitCode === 0) return done
    const line = /^(?:\w*Error)(?: \[\w+\])?: (.+)$/m.exec(await trouble)?.[1]
    return { problem: line ?? `process ended: ${child.signalCode ?? child.exitCode}` }
  } finally {
    signal?.removeEventListener('abort', stop)
    stop()
  }
}

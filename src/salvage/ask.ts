import { type ChildProcess, spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { PulihError } from '../error.ts'
import type { Asks } from './protocol.ts'

/** Damaged bytes must not keep us for ever; large sound ones need their time. */
const limitMs = 30 * 60_000

/** The child was ended by what it looked at, or could not do what was asked. */
export class SalvageFailure extends Error {
  override readonly name = 'SalvageFailure'
}

/**
 * Asks a child process about our own copies of a damaged database. Throws cancelled, or SalvageFailure when it cannot be
 * done: the caller then knows nothing, and says so.
 */
export async function askSalvage<Op extends keyof Asks>(
  op: Op,
  take: Asks[Op]['take'],
  signal?: AbortSignal,
): Promise<Asks[Op]['give']> {
  if (signal?.aborted) throw new PulihError('cancelled')
  const child = startChild()
  const stop = (): void => void child.kill('SIGKILL')
  const timer = setTimeout(stop, limitMs)
  signal?.addEventListener('abort', stop, { once: true })
  try {
    return (await converse(child, { op, ...take })) as Asks[Op]['give']
  } catch (error) {
    if (signal?.aborted) throw new PulihError('cancelled', undefined, { cause: error })
    throw error
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
}

function startChild(): ChildProcess {
  // The same folder and ending as this file: sources in a checkout, JavaScript in the package.
  const file = import.meta.filename.replace(/ask(\.[jt]s)$/, 'child$1')
  return spawn(process.execPath, ['--no-warnings', file], { stdio: 'pipe' })
}

async function converse(child: ChildProcess, ask: object): Promise<unknown> {
  const { promise: ended, resolve, reject } = Promise.withResolvers<{ code: number | null; signal: string | null }>()
  child.once('error', reject)
  child.once('close', (code, signal) => resolve({ code, signal }))
  // It may die before it has read the question; how it ended says so.
  child.stdin!.on('error', () => undefined)
  child.stdin!.end(JSON.stringify(ask))
  const [answer, trouble, end] = await Promise.all([text(child.stdout!), text(child.stderr!), ended])
  if (end.code === 0) return JSON.parse(answer)
  const line = /^(?:Error|\w*Error)(?: \[\w+\])?: (.+)$/m.exec(trouble)?.[1]
  throw new SalvageFailure(line ?? `process ended: ${end.signal ?? end.code}`)
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { errnoOf, PulihError } from '../../error.ts'
import type { Notifier } from './notifier.ts'

/** A command line run by `sh` in the app's folder: the notice comes as JSON on its standard input, exit 0 accepts it. */
export function command(line: string, folder: string): Notifier {
  return {
    name: 'command',
    async send(notice, signal) {
      const child = spawn('sh', ['-c', line], { cwd: folder, stdio: ['pipe', 'ignore', 'ignore'], detached: true })
      const stop = () => endGroup(child.pid)
      signal.addEventListener('abort', stop, { once: true })
      // One that does not read its input may still accept: only its exit code counts.
      child.stdin.on('error', () => undefined)
      child.stdin.end(`${JSON.stringify(notice)}\n`)
      try {
        const [code] = (await once(child, 'exit')) as [number | null]
        if (code !== 0) throw refused(signal.aborted ? 'no answer in time' : `exit ${code ?? 'by a signal'}`)
      } catch (error) {
        throw error instanceof PulihError ? error : refused(errnoOf(error) ?? 'could not be started')
      } finally {
        signal.removeEventListener('abort', stop)
      }
    },
  }
}

function refused(reason: string): PulihError {
  return new PulihError('alert.refused', { channel: 'command', reason })
}

/** With everything it started. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error
  }
}

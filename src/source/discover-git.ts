import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder of the git work tree that holds `folder`, found by looking for `.git`; null when there is none. */
export function workTreeOf(folder: string): string | null {
  if (existsSync(join(folder, '.git'))) return folder
  return folder === dirname(folder) ? null : workTreeOf(dirname(folder))
}

/**
 * What git tracks below `folder`, relative to it; null when there is no work tree, no git, or git refuses. Nothing the
 * repository configures is run: it may belong to somebody else.
 */
export async function trackedFiles(folder: string, signal?: AbortSignal): Promise<ReadonlySet<string> | null> {
  if (workTreeOf(folder) === null) return null
  const listed = await git(folder, ['ls-files', '-z', '--cached', '--recurse-submodules'], signal)
  if (listed === null) return null
  return new Set(listed.split('\0').filter((path) => path !== ''))
}

/** True when git would ignore `path` (relative to `folder`); null when git cannot say. */
export async function isIgnored(folder: string, path: string, signal?: AbortSignal): Promise<boolean | null> {
  const said = await git(folder, ['check-ignore', '--no-index', '-v', '-n', path], signal, [0, 1])
  // `::<tab>path` means that no rule matches; `!rule` that one matches which takes it in again
  return said === null ? null : !/^::|^[^\t]*:\d+:!/.test(said)
}

/** Runs git as a reader: no locks, no prompts, no programs named by the repository. Null when it could not. */
export function git(
  folder: string,
  args: readonly string[],
  signal?: AbortSignal,
  good: readonly number[] = [0],
): Promise<string | null> {
  const safe = ['-c', 'safe.directory=*', '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null']
  const options = { env: cleanEnvironment(), maxBuffer: 256 * 1024 * 1024, timeout: 30_000, ...(signal && { signal }) }
  return new Promise((resolve, reject) => {
    execFile('git', ['-C', folder, ...safe, ...args], options, (error, stdout) => {
      if (signal?.aborted) return reject(signal.reason)
      const code = error === null ? 0 : error.code
      resolve(typeof code === 'number' && good.includes(code) ? stdout : null)
    })
  })
}

/** Without what a surrounding git (a hook that deploys) tells its children about its own repository. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' }
  for (const name of ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_OBJECT_DIRECTORY'])
    delete env[name]
  return env
}

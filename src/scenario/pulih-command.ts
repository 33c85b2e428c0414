import { accessSync, constants, existsSync, realpathSync } from 'node:fs'
import { basename, delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The starter beside this program: `package/bin/pulih` in a checkout, `bin/pulih` in the package. */
const starter = ['../../package/bin/pulih', '../../bin/pulih']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(path))

/** A word as `sh` reads it back. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** Words as one command line for `sh`. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ')
}

/**
 * A command line that starts this very program on this machine: `pulih …` when that is what `PATH` finds, else its full
 * path, so that a plan's command runs as written. What `npm` and `npx` put before `PATH` is gone again in a plain shell.
 */
export function pulihLine(words: readonly string[], env: NodeJS.ProcessEnv = process.env): string {
  return shellLine([...program(env), ...words])
}

/** `PATH` on which `pulih` is found also when the person's does not have it. */
export function pathWithPulih(env: NodeJS.ProcessEnv = process.env): string {
  const path = env.PATH ?? ''
  return starter === undefined ? path : `${path}${path === '' ? '' : delimiter}${dirname(starter)}`
}

function program(env: NodeJS.ProcessEnv): string[] {
  if (starter === undefined) return [process.execPath, process.argv[1] ?? '']
  const found = (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => basename(folder) !== '.bin')
    .map((folder) => join(folder, 'pulih'))
    .find(isExecutable)
  return found !== undefined && realpathSync(found) === realpathSync(starter) ? ['pulih'] : [starter]
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    // Not there or not to be run: the next folder.
    return false
  }
}

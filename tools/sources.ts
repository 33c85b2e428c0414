import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The checkout's root, whatever the working folder is. */
export const root = dirname(import.meta.dirname)

/** TypeScript sources below `folders`, relative to the root, `/`-separated and sorted. */
export function sourcesIn(...folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root })).sort()
}

export function isTest(path: string): boolean {
  return /\.(test|suite)\.ts$/.test(path)
}

export function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** Prints every problem and leaves with 1, or prints `fine` and leaves with 0. */
export function conclude(problems: readonly string[], fine: string): void {
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) console.error(`${problems.length} to mend`)
  else console.log(fine)
  process.exitCode = problems.length > 0 ? 1 : 0
}

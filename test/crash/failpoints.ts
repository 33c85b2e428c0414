import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const source = join(import.meta.dirname, '../../src')

/** Every name given to `failpoint('…')` in the sources: a new one is broken at without a line here. */
export function failpointNames(): readonly string[] {
  const texts = globSync('**/*.ts', { cwd: source })
    .filter((path) => !path.endsWith('.test.ts'))
    .map((path) => readFileSync(join(source, path), 'utf8'))
  const names = texts.flatMap((text) =>
    [...text.matchAll(/\bfailpoint\('([^']+)'\)/g)].map((match) => match[1] as string),
  )
  return [...new Set(names)].sort()
}

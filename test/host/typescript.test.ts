import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { isPulihError, open } from '../../src/index.ts'
import { pulihJson } from '../fixture/pulih.ts'
import { makeApp } from '../fixture/scratch-app.ts'
import { tempFolder } from '../fixture/temp-folder.ts'

interface Listed {
  readonly backups: readonly { readonly name: string; readonly type: string; readonly state: string }[]
}

async function listed(dir: string): Promise<Listed['backups']> {
  return (await pulihJson<Listed>(['list', '--dir', dir])).backups
}

test('a wrapped function keeps this, arguments, result and errors, and runs behind a proven backup', async () => {
  using folder = tempFolder()
  const { path: dir } = makeApp(folder.join('bot'), { mb: 0.1 })
  const guard = (await open({ dir })).before('bulk_delete_assets')
  let before: Listed['backups'] = []
  const owner = {
    id: 7,
    remove: guard(async function (this: { id: number }, count: number) {
      before = await listed(dir)
      return `${this.id}:${count}`
    }),
  }
  assert.equal(await owner.remove(3), '7:3')
  assert.deepEqual(
    before.map((one) => [one.type, one.state]),
    [['bulk_delete_assets', 'proven']],
  )
  const failing = guard(() => {
    throw new RangeError('its own error')
  })
  await assert.rejects(failing(), RangeError)
})

test('a closed gate rejects with code, message and hint, and the body never starts', async () => {
  using folder = tempFolder()
  const { path: dir } = makeApp(folder.join('bot'), { mb: 0.1 })
  const pulih = await open({ dir })
  await pulih.trigger('before_migration')
  rmSync(join(dir, 'data/assets.db'))
  let started = false
  const risky = pulih.before('critical_operation')(() => {
    started = true
  })
  await assert.rejects(risky(), (error: unknown) => {
    assert.ok(isPulihError(error, 'gate.closed'))
    assert.equal(error.facts.code, 'source.missing')
    assert.match(error.message, /data\/assets\.db/)
    return true
  })
  assert.equal(started, false)
})

test('an override opens the gate and is on record', async () => {
  using folder = tempFolder()
  const { path: dir } = makeApp(folder.join('bot'), { mb: 0.1 })
  const pulih = await open({ dir })
  await pulih.trigger('before_migration')
  rmSync(join(dir, 'data/assets.db'))
  const opened = await pulih.trigger('critical_operation', { override: 'the disk is being replaced' })
  assert.deepEqual([opened.outcome, opened.backup], ['overridden', null])
  const { acts } = await pulihJson<{ acts: { act: string }[] }>(['history', '--dir', dir])
  assert.ok(acts.some((one) => one.act === 'override'))
})

test('lifecycle backs up before start and after stop, once each', async () => {
  using folder = tempFolder()
  const { path: dir } = makeApp(folder.join('bot'), { mb: 0.1, config: { min_interval: { shutdown: 0 } } })
  const steps: string[] = []
  const note = (step: string) => async () => {
    steps.push(`${step} behind ${(await listed(dir)).map((one) => one.type).join()}`)
  }
  const life = (await open({ dir })).lifecycle({ start: note('start'), stop: note('stop') })
  await Promise.all([life.start(), life.start()])
  await Promise.all([life.stop(), life.stop()])
  assert.deepEqual(steps, ['start behind startup', 'stop behind startup'])
  assert.deepEqual(
    (await listed(dir)).map((one) => one.type),
    ['shutdown', 'startup'],
  )
})

test('middleware runs the rest only behind its backup', async () => {
  using folder = tempFolder()
  const { path: dir } = makeApp(folder.join('bot'), { mb: 0.1 })
  const guarded = (await open({ dir })).middleware('hapus')
  const result = await guarded({}, async () => (await listed(dir)).map((one) => one.type))
  assert.deepEqual(result, ['hapus'])
})

for (const [signal, word] of [
  ['SIGTERM', 'well'],
  ['SIGINT', 'fails'],
] as const) {
  test(`${signal}, and a stop that goes ${word}: the backup after it is made, then the signal takes its course`, async () => {
    using folder = tempFolder()
    const { path: dir } = makeApp(folder.join('bot'), { mb: 0.1, config: { min_interval: { shutdown: 0 } } })
    const host = join(import.meta.dirname, 'host.ts')
    const env = { ...process.env, PULIH_DIR: dir }
    const bot = spawn(process.execPath, [host, 'life', word], { stdio: ['ignore', 'pipe', 'ignore'], env })
    let said = ''
    bot.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
    while (!said.includes('started')) await once(bot.stdout, 'data')
    const ended = once(bot, 'exit')
    bot.kill(signal)
    assert.deepEqual(await ended, [null, signal])
    assert.equal(said, '"started"\n"stopping"\n')
    assert.deepEqual(
      (await listed(dir)).map((one) => [one.type, one.state]),
      [
        ['shutdown', 'proven'],
        ['startup', 'proven'],
      ],
    )
  })
}

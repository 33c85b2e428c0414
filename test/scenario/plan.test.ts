import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { pulih } from '../fixture/pulih.ts'
import { tempFolder } from '../fixture/temp-folder.ts'
import { type Answer, statuses } from './scene.ts'

interface Line {
  readonly id: string
  readonly command: string | null
  readonly always?: boolean
  readonly goOn?: boolean
}

/** A folder with one plan of plain commands: each tells in `ran.txt` that it ran. */
function folderWithPlan(lines: readonly Line[]): ReturnType<typeof tempFolder> & { ran(): string; plan(): Answer } {
  const folder = tempFolder()
  mkdirSync(folder.join('backups'))
  const steps = lines.map((line) => ({
    ...line,
    title: { id: line.id, en: line.id },
    status: 'pending',
    evidence: null,
  }))
  const plan = { plan: 'recovery', version: 1, created: '2026-01-02T03:04:05.000+07:00', status: 'ready', backup: null }
  const file = folder.join('backups/some_plan.json')
  writeFileSync(file, JSON.stringify({ ...plan, target: folder.path, steps }))
  return {
    ...folder,
    ran: () => (existsSync(folder.join('ran.txt')) ? readFileSync(folder.join('ran.txt'), 'utf8').trim() : ''),
    plan: () => JSON.parse(readFileSync(file, 'utf8')),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  }
}

const tell = (id: string, exit = 0): Line => ({ id, command: `echo ${id} >> ran.txt; echo said ${id}; exit ${exit}` })
const inFolder = (cwd: string, env: Record<string, string> = {}) => ({ cwd, env })

describe('plan run and plan resume', { concurrency: 2 }, () => {
  test('runs every command as written by sh in the target, exit 0 and 3 alike; what is for a person is skipped', async () => {
    using folder = folderWithPlan([tell('a'), tell('b', 3), { id: 'person', command: null }, tell('c')])
    const ended = await pulih(['plan', 'run', 'some_plan', '--json'], inFolder(folder.path))
    assert.equal(ended.code, 0, ended.stderr)
    assert.equal(folder.ran(), 'a\nb\nc')
    const plan = folder.plan()
    assert.deepEqual(JSON.parse(ended.stdout), { ...JSON.parse(ended.stdout), status: 'done', steps: plan.steps })
    assert.deepEqual([plan.status, statuses(plan)], ['done', { a: 'done', b: 'done', person: 'skipped', c: 'done' }])
    assert.equal(plan.steps[1].evidence.exit, 3)
    assert.equal(plan.steps[1].evidence.output, 'said b')
    assert.match(plan.steps[0].evidence.ended, /^\d{4}-.*[+-]\d\d:\d\d$/)
    assert.ok(plan.steps.every(({ evidence }: Answer) => evidence !== null))
    assert.equal(statSync(folder.join('backups/some_plan.json')).mode & 0o777, 0o600)
    const again = await pulih(['plan', 'run', 'some_plan', '--json'], inFolder(folder.path))
    assert.deepEqual([again.code, JSON.parse(again.stdout).error.code], [1, 'plan.finished'])
    const resumed = await pulih(['plan', 'resume', 'some_plan'], inFolder(folder.path))
    assert.equal(resumed.code, 0)
    assert.equal(folder.ran(), 'a\nb\nc')
  })

  test('a command that asks finds nobody to answer', async () => {
    using folder = folderWithPlan([{ id: 'ask', command: 'read -r answer || echo nobody' }])
    await pulih(['plan', 'run', 'some_plan'], inFolder(folder.path))
    assert.equal(folder.plan().steps[0].evidence.output, 'nobody')
  })

  test('a step that fails: those after it are skipped, but for what runs always; resume goes on there, run begins anew', async () => {
    using folder = folderWithPlan([
      tell('a'),
      { id: 'b', command: 'echo b >> ran.txt; test -e mended || { echo broken >&2; exit 2; }' },
      tell('c'),
      { ...tell('start'), always: true },
    ])
    const failed = await pulih(['plan', 'run', 'some_plan'], inFolder(folder.path))
    assert.equal(failed.code, 1)
    assert.match(failed.stdout, /broken/)
    assert.deepEqual(
      [folder.plan().status, statuses(folder.plan())],
      ['failed', { a: 'done', b: 'failed', c: 'skipped', start: 'done' }],
    )
    assert.equal(folder.plan().steps[1].evidence.exit, 2)
    writeFileSync(folder.join('mended'), '')
    assert.equal((await pulih(['plan', 'resume', 'some_plan'], inFolder(folder.path))).code, 0)
    assert.equal(folder.ran(), 'a\nb\nstart\nb\nc\nstart')
    assert.deepEqual(statuses(folder.plan()), { a: 'done', b: 'done', c: 'done', start: 'done' })
  })

  test('a step that may fail lets the others run, and the plan is not done all the same', async () => {
    using folder = folderWithPlan([{ ...tell('a', 1), goOn: true }, tell('b')])
    assert.equal((await pulih(['plan', 'run', 'some_plan'], inFolder(folder.path))).code, 1)
    assert.deepEqual([folder.plan().status, statuses(folder.plan())], ['failed', { a: 'failed', b: 'done' }])
  })

  test('a smoke test passes with exit code 0 alone', async () => {
    using folder = folderWithPlan([tell('smoke-test', 3)])
    assert.equal((await pulih(['plan', 'run', 'some_plan'], inFolder(folder.path))).code, 1)
    assert.deepEqual(statuses(folder.plan()), { 'smoke-test': 'failed' })
  })

  for (const [point, ran] of [
    ['plan-started', ''],
    ['plan-step-started', ''],
    ['plan-step-started:2', 'a'],
    ['plan-step-ran:2', 'a\nb'],
    ['plan-step-ended:2', 'a\nb'],
    ['plan-ended', 'a\nb\nc'],
  ] as const) {
    test(`killed at ${point}: resume ends the plan, and only the step that was under way runs again`, async () => {
      using folder = folderWithPlan([tell('a'), tell('b'), tell('c')])
      const killed = await pulih(['plan', 'run', 'some_plan'], inFolder(folder.path, { PULIH_FAILPOINT: point }))
      assert.equal(killed.signal, 'SIGKILL')
      assert.equal(folder.ran(), ran)
      assert.equal(folder.plan().status, point === 'plan-ended' ? 'done' : 'running')
      assert.equal((await pulih(['plan', 'resume', 'some_plan'], inFolder(folder.path))).code, 0)
      assert.equal(folder.ran(), point === 'plan-step-ran:2' ? 'a\nb\nb\nc' : 'a\nb\nc')
      assert.deepEqual([folder.plan().status, statuses(folder.plan())], ['done', { a: 'done', b: 'done', c: 'done' }])
    })
  }

  test('killed while a command is at work: resume waits for it to end and does not run beside it', async () => {
    using folder = folderWithPlan([
      { id: 'slow', command: 'echo begin >> ran.txt; sleep 2; echo end >> ran.txt' },
      tell('after'),
    ])
    const main = join(import.meta.dirname, '../../src/cli/main.ts')
    const child = spawn(process.execPath, [main, 'plan', 'run', 'some_plan'], { cwd: folder.path, stdio: 'ignore' })
    while (folder.ran() !== 'begin') await new Promise((resolve) => setTimeout(resolve, 20))
    child.kill('SIGKILL')
    await once(child, 'exit')
    assert.equal((await pulih(['plan', 'resume', 'some_plan'], inFolder(folder.path))).code, 0)
    assert.equal(folder.ran(), 'begin\nend\nbegin\nend\nafter')
  })

  test('Ctrl-C ends the command at work and the run; two runs at once are one too many; resume goes on', async () => {
    using folder = folderWithPlan([
      { id: 'slow', command: 'echo begin >> ran.txt; test -e quick || sleep 30' },
      tell('after'),
    ])
    const main = join(import.meta.dirname, '../../src/cli/main.ts')
    const child = spawn(process.execPath, [main, 'plan', 'run', 'some_plan'], { cwd: folder.path, stdio: 'ignore' })
    while (folder.ran() !== 'begin') await new Promise((resolve) => setTimeout(resolve, 20))
    const second = await pulih(['plan', 'run', 'some_plan'], inFolder(folder.path))
    assert.equal(second.code, 5)
    child.kill('SIGINT')
    await once(child, 'exit')
    assert.equal(child.exitCode, 130)
    assert.equal(folder.plan().status, 'running')
    writeFileSync(folder.join('quick'), '')
    assert.equal((await pulih(['plan', 'resume', 'some_plan'], inFolder(folder.path))).code, 0)
    assert.equal(folder.ran(), 'begin\nbegin\nafter')
  })

  test('list and show pass over files that are no plans; show and run refuse them by name', async () => {
    using folder = folderWithPlan([tell('a')])
    writeFileSync(folder.join('backups/other.json'), '{"hello": 1}')
    writeFileSync(folder.join('backups/broken.json'), '{')
    const listed = await pulih(['plan', 'list', '--json'], inFolder(folder.path))
    assert.deepEqual(
      JSON.parse(listed.stdout).plans.map(({ name }: Answer) => name),
      ['some_plan'],
    )
    const shown = await pulih(['plan', 'show', 'backups/some_plan.json', '--json'], inFolder(folder.path))
    assert.deepEqual(JSON.parse(shown.stdout), folder.plan())
    for (const name of ['other', 'broken', 'backups/other.json']) {
      const refused = await pulih(['plan', 'run', name, '--json'], inFolder(folder.path))
      assert.deepEqual([refused.code, JSON.parse(refused.stdout).error.code], [1, 'plan.unreadable'], name)
    }
    const missing = await pulih(['plan', 'show', 'nowhere', '--json'], inFolder(folder.path))
    assert.deepEqual([missing.code, JSON.parse(missing.stdout).error.code], [1, 'plan.unknown'])
    const dry = await pulih(['plan', 'run', 'some_plan', '--dry-run', '--json'], inFolder(folder.path))
    assert.deepEqual([dry.code, JSON.parse(dry.stdout).dryRun, folder.ran()], [0, true, ''])
  })
})

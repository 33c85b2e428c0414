import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { openApp } from '../../src/app/open.ts'
import { daemonLife } from '../../src/check/life.ts'
import type { Machine, Ran } from '../../src/daemon/service/machine.ts'
import { installService, planService, serviceStatus, uninstallService } from '../../src/daemon/service/service.ts'
import { startDaemon } from '../fixture/daemon.ts'
import { pulihJson, runProgram } from '../fixture/pulih.ts'
import { makeApp } from '../fixture/scratch-app.ts'
import { tempFolder } from '../fixture/temp-folder.ts'

const program = [process.execPath, join(import.meta.dirname, '../../src/cli/main.ts')]

/** A machine whose systemctl only takes notes and whose crontab is a text. */
function madeUpMachine(folder: string, facts: Partial<Machine>): Machine & { ran: string[]; crontab: string } {
  const machine = {
    ...{ uid: 0, env: {}, hasSystemd: true, hasCron: true, ran: [] as string[], crontab: '' },
    ...{ systemUnits: join(folder, 'system'), userUnits: join(folder, 'user') },
    async run(words: readonly string[], input?: string): Promise<Ran> {
      machine.ran.push(words.join(' '))
      if (words.join(' ') === 'crontab -') machine.crontab = input ?? ''
      const stdout = words.join(' ') === 'crontab -l' ? machine.crontab : ''
      return { code: 0, stdout, stderr: '' }
    },
    ...facts,
  }
  for (const units of [machine.systemUnits, machine.userUnits]) mkdirSync(units)
  return machine
}

async function isGoodUnit(context: TestContext, path: string): Promise<void> {
  const found = spawnSync('systemd-analyze', ['--version']).status === 0
  if (!found) return context.diagnostic('not verified: there is no systemd-analyze here')
  const { code, stdout, stderr } = await runProgram('systemd-analyze', ['verify', '--man=no', path])
  assert.deepEqual([code, stdout, stderr], [0, '', ''])
}

for (const [who, uid, kind, target] of [
  ['root', 0, 'systemd', 'multi-user.target'],
  ['a user', 1000, 'systemd-user', 'default.target'],
] as const) {
  test(`installed by ${who}: a unit that systemd accepts, from any folder; uninstalling takes all of it away`, async (context) => {
    using folder = tempFolder()
    const { path } = makeApp(folder.join(`a bot's "100%" $HOME`), { mb: 0.05 })
    const app = await openApp({ dir: path })
    const machine = madeUpMachine(folder.path, { uid })
    const plan = await planService(app, machine, program)
    assert.equal(plan.kind, kind)
    assert.equal(existsSync(plan.path ?? ''), false)
    await installService(app, machine, plan)
    const unit = plan.path ?? ''
    assert.equal(readFileSync(unit, 'utf8'), plan.text)
    assert.equal(statSync(unit).mode & 0o777, 0o644)
    assert.match(plan.text, new RegExp(`^WantedBy=${target}$`, 'm'))
    assert.match(plan.text, /^RestartPreventExitStatus=2 5$/m)
    assert.deepEqual(
      machine.ran,
      plan.commands.map((words) => words.join(' ')),
    )
    await isGoodUnit(context, unit)
    assert.equal((await planService(app, machine, program)).same, true)
    assert.equal((await serviceStatus(app, machine)).installed, true)
    assert.equal((await daemonLife(app)).expected, true)
    await uninstallService(app, machine)
    assert.equal(existsSync(unit), false)
    assert.equal((await serviceStatus(app, machine)).installed, false)
    assert.equal((await daemonLife(app)).expected, false)
    assert.equal(await uninstallService(app, machine), null)
  })
}

test('installed by root for the bot of another user, it runs as that user, and what installing makes is theirs', async (context) => {
  if (process.getuid?.() !== 0) return context.diagnostic('not shown: only root can give files away')
  using folder = tempFolder()
  const { path } = makeApp(folder.join('bot'), { mb: 0.05 })
  chownSync(path, 4321, 4322)
  const app = await openApp({ dir: path })
  const machine = madeUpMachine(folder.path, {})
  const plan = await planService(app, machine, program)
  assert.match(plan.text, /^User=4321\nGroup=4322$/m)
  await installService(app, machine, plan)
  const { backups, logs, state } = app.folders
  for (const one of [backups, logs, state, join(state, 'service.json'), join(state, 'heartbeat.json')])
    assert.deepEqual([statSync(one).uid, statSync(one).gid], [4321, 4322], one)
})

test('without systemd: two cron lines beside those of others, and their daemon is ended when they go', async () => {
  using folder = tempFolder()
  const bot = makeApp(folder.join("bot 100%'s"), { mb: 0.05 })
  const app = await openApp({ dir: bot.path })
  const machine = madeUpMachine(folder.path, { hasSystemd: false })
  machine.crontab = '0 5 * * * /usr/bin/other\n'
  const plan = await planService(app, machine, program)
  assert.equal(machine.crontab, '0 5 * * * /usr/bin/other\n')
  await installService(app, machine, plan)
  await installService(app, machine, await planService(app, machine, program))
  const lines = machine.crontab.split('\n').filter((line) => line.startsWith('@'))
  assert.deepEqual(
    lines.map((line) => line.split(' ')[0]),
    ['@reboot', '@hourly'],
  )
  const line = (lines[0] ?? '').replace('@reboot ', '')
  assert.doesNotMatch(line, /[^\\]%/)
  const dry = line.replaceAll('\\%', '%').replace(' --quiet >>', ' --quiet --dry-run --json >>')
  assert.equal((await runProgram('sh', ['-c', dry])).code, 0)
  assert.match(readFileSync(join(app.folders.logs, 'daemon.log'), 'utf8'), /"dryRun":\s*true/)
  await using daemon = await startDaemon(bot)
  const ended = once(daemon.process, 'exit')
  assert.equal((await daemonLife(app)).running, true)
  await uninstallService(app, machine)
  assert.deepEqual(await ended, [0, null])
  assert.equal(machine.crontab, '0 5 * * * /usr/bin/other\n')
  assert.equal((await daemonLife(app)).expected, false)
})

test('--dry-run shows what would be written here and changes nothing', async () => {
  using folder = tempFolder()
  const { path } = makeApp(folder.join('bot'), { mb: 0.05 })
  writeFileSync(join(path, '.env'), 'TOKEN=secret-word\n')
  const words = ['service', 'install', '--dry-run', '--dir', path]
  const plan = await pulihJson<{ dryRun: boolean; kind: string; name: string; text: string }>(words)
  assert.deepEqual([plan.dryRun, plan.name], [true, 'pulih-bot'])
  assert.match(plan.text, plan.kind === 'cron' ? /^@reboot cd .*daemon --dir/m : /^ExecStart=.*daemon/m)
  assert.doesNotMatch(plan.text, /secret-word/)
  assert.equal(existsSync(join(path, 'backups')), false)
  const status = await pulihJson<{ installed: boolean }>(['service', 'status', '--dir', path])
  assert.equal(status.installed, false)
})

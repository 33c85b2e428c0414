import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { lchown, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { App } from '../../app/app.ts'
import { makeFolder, writeDurably } from '../../disk/draft.ts'
import { diskError } from '../../disk/failure.ts'
import { isAlive } from '../../disk/process.ts'
import { errnoOf, PulihError } from '../../error.ts'
import { expectDaemon, forgetDaemon } from '../heartbeat.ts'
import { supervisorOf } from '../hold.ts'
import { readPlace } from '../place.ts'
import { cronBlock, hasBlock, withBlock, withoutBlock } from './cron.ts'
import type { Machine, Ran } from './machine.ts'
import { type ServiceFacts, unitText } from './unit.ts'

/** How pulih starts at boot here: all that installing would write and run. */
export interface ServicePlan {
  readonly kind: 'systemd' | 'systemd-user' | 'cron'
  readonly name: string
  /** The unit file; null for cron. */
  readonly path: string | null
  /** Of the unit file, or the lines for the crontab. */
  readonly text: string
  /** Run in this order after writing. */
  readonly commands: readonly (readonly string[])[]
  /** It is there already, word for word. */
  readonly same: boolean
}

/** What `.pulih/service.json` remembers, so that uninstalling takes away just that. */
interface Installed {
  readonly version: 1
  readonly kind: ServicePlan['kind']
  readonly name: string
  readonly path: string | null
}

export interface ServiceStatus {
  readonly installed: boolean
  readonly kind: ServicePlan['kind'] | null
  readonly name: string | null
  readonly path: string | null
  /** As systemd says: `active`, `failed` …; null where it cannot be asked. */
  readonly active: string | null
}

/** Long enough to end a backup that runs. */
const endLimitMs = 60_000

/** Changes nothing. Where there is neither systemd nor cron it says what cron would be given. */
export async function planService(app: App, machine: Machine, program: readonly string[]): Promise<ServicePlan> {
  const facts = factsOf(app, machine, program)
  if (machine.hasSystemd) return unitPlan(facts, machine)
  const { stdout } = await machine.run(['crontab', '-l'])
  const same = withBlock(stdout, facts) === stdout
  return { kind: 'cron', name: facts.name, path: null, text: cronBlock(facts), commands: [], same }
}

function unitPlan(facts: ServiceFacts, machine: Machine): ServicePlan {
  const boot = machine.uid === 0
  const unit = `${facts.name}.service`
  const path = join(boot ? machine.systemUnits : machine.userUnits, unit)
  const systemctl = boot ? ['systemctl'] : ['systemctl', '--user']
  const text = unitText(facts, boot)
  const commands = [
    [...systemctl, 'daemon-reload'],
    [...systemctl, 'enable', '--now', unit],
    // Without it a user's services begin only when that user logs in.
    ...(boot ? [] : [['loginctl', 'enable-linger']]),
  ]
  return {
    kind: boot ? 'systemd' : 'systemd-user',
    name: facts.name,
    path,
    text,
    commands,
    same: textOf(path) === text,
  }
}

/** Does what the plan says. Throws service.no-way, service.failed with the command that would not, disk.*. */
export async function installService(app: App, machine: Machine, plan: ServicePlan): Promise<void> {
  if (plan.kind === 'cron' && !machine.hasCron) throw new PulihError('service.no-way', { folder: app.folders.app })
  const { backups, logs, state } = app.folders
  const missing = [backups, logs, state].filter((folder) => !existsSync(folder))
  await makeFolder(logs)
  if (plan.path !== null) await writeDurably(plan.path, plan.text, { mode: 0o644 })
  else {
    const { stdout } = await machine.run(['crontab', '-l'])
    const kept = withoutBlock(stdout, plan.name)
    await mustRun(machine, ['crontab', '-'], `${kept}${kept === '' || kept.endsWith('\n') ? '' : '\n'}${plan.text}`)
  }
  const { kind, name, path } = plan
  const note: Installed = { version: 1, kind, name, path }
  await writeDurably(notePath(app), `${JSON.stringify(note)}\n`)
  // Cron starts it at the next full hour: until then nobody has missed it.
  if (plan.kind !== 'cron') await expectDaemon(app)
  await giveToOwner(app, machine, [...missing, notePath(app), join(state, 'heartbeat.json')])
  for (const words of plan.commands) await mustRun(machine, words)
}

/** Takes away what was installed, and stops it. Answers what that was; null when nothing was. Throws service.failed, service.deaf, disk.*. */
export async function uninstallService(app: App, machine: Machine): Promise<ServiceStatus | null> {
  const installed = readNote(app)
  if (installed === null) return null
  const { kind, name, path } = installed
  if (kind === 'cron') {
    const { stdout } = await machine.run(['crontab', '-l'])
    await mustRun(machine, ['crontab', '-'], withoutBlock(stdout, name))
    await endDaemon(app)
  } else {
    // Already stopped or unknown to systemd is as good: the file goes in any case.
    await machine.run([...systemctlOf(kind), 'disable', '--now', `${name}.service`])
    if (path !== null)
      await rm(path, { force: true }).catch((error: unknown) => Promise.reject(diskError(error, 'remove', path)))
    await machine.run([...systemctlOf(kind), 'daemon-reload'])
  }
  await rm(notePath(app), { force: true })
  await forgetDaemon(app)
  return { installed: false, kind, name, path, active: null }
}

/** Cron only starts it. One that `pulih run` holds in its own process is not the service's. Throws service.deaf. */
async function endDaemon(app: App): Promise<void> {
  const place = await readPlace(app.folders.state)
  if (place === null || !isAlive(place.process) || (await supervisorOf(app))?.pid === place.pid) return
  process.kill(place.pid, 'SIGTERM')
  const until = app.clock.steady() + endLimitMs
  while (isAlive(place.process)) {
    if (app.clock.steady() > until) throw new PulihError('service.deaf', { pid: place.pid, seconds: endLimitMs / 1000 })
    await app.clock.sleep(50)
  }
}

export async function serviceStatus(app: App, machine: Machine): Promise<ServiceStatus> {
  const known = readNote(app)
  if (known === null) return { installed: false, kind: null, name: null, path: null, active: null }
  const { kind, name, path } = known
  if (kind === 'cron') {
    const { stdout } = await machine.run(['crontab', '-l'])
    return { installed: hasBlock(stdout, name), kind, name, path, active: null }
  }
  const { stdout, code } = await machine.run([...systemctlOf(kind), 'is-active', `${name}.service`])
  return {
    installed: path !== null && existsSync(path),
    kind,
    name,
    path,
    active: code === null ? null : stdout.trim(),
  }
}

function systemctlOf(kind: ServicePlan['kind']): readonly string[] {
  return kind === 'systemd-user' ? ['systemctl', '--user'] : ['systemctl']
}

function factsOf(app: App, machine: Machine, program: readonly string[]): ServiceFacts {
  const { app: folder, logs } = app.folders
  const envFile = join(folder, '.env')
  return {
    name: nameFor(folder, machine),
    app: folder,
    config: app.configPath === join(folder, 'config', 'backup_config.json') ? null : app.configPath,
    program,
    owner: machine.uid === 0 ? ownerOf(folder) : null,
    envFile: existsSync(envFile) ? envFile : null,
    language: app.language,
    log: join(logs, 'daemon.log'),
  }
}

/** Two apps may have folders of one name: then the second service gets a few letters of its own. */
function nameFor(folder: string, machine: Machine): string {
  const slug =
    basename(folder)
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '') || 'app'
  const plain = `pulih-${slug}`
  const taken = textOf(join(machine.uid === 0 ? machine.systemUnits : machine.userUnits, `${plain}.service`))
  if (taken === null || taken.includes(`WorkingDirectory=${folder.replaceAll('%', '%%')}\n`)) return plain
  return `${plain}-${createHash('sha256').update(folder).digest('hex').slice(0, 6)}`
}

/** Hosts talk to the daemon through a socket of its user: so it runs as whoever owns the app. Null: root itself. */
function ownerOf(folder: string): ServiceFacts['owner'] {
  const { uid, gid } = statSync(folder)
  return uid === 0 ? null : { uid, gid }
}

/** Installed by root, used by the app's owner: what was made here must not stand in that daemon's way. */
async function giveToOwner(app: App, machine: Machine, paths: readonly string[]): Promise<void> {
  const owner = machine.uid === 0 ? ownerOf(app.folders.app) : null
  if (owner === null) return
  for (const path of paths.filter((one) => existsSync(one))) {
    await lchown(path, owner.uid, owner.gid).catch((error: unknown) => Promise.reject(diskError(error, 'write', path)))
  }
}

async function mustRun(machine: Machine, words: readonly string[], input?: string): Promise<Ran> {
  const ran = await machine.run(words, input)
  if (ran.code === 0) return ran
  const detail = ran.stderr.trim().split('\n').at(-1) ?? ''
  throw new PulihError('service.failed', { command: words.join(' '), detail: detail || `exit code ${ran.code}` })
}

function notePath(app: App): string {
  return join(app.folders.state, 'service.json')
}

function readNote(app: App): Installed | null {
  const text = textOf(notePath(app))
  if (text === null) return null
  try {
    const found = JSON.parse(text) as Partial<Installed>
    return found.version === 1 && typeof found.name === 'string' ? (found as Installed) : null
  } catch {
    // Torn or not ours: nothing is known to be installed, and installing again writes it anew.
    return null
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw diskError(error, 'read', path)
  }
}

import { hostname } from 'node:os'
import { resolve } from 'node:path'
import type { App } from '../../app/app.ts'
import { Secret } from '../../app/secret.ts'
import { PulihError } from '../../error.ts'
import { vaultPhrases as words } from '../../message/phrases/vault.ts'
import { say } from '../../message/phrases.ts'
import type { Language } from '../../message/sentence.ts'
import { isoWithOffset } from '../../time/zone.ts'
import type { CheckOptions, CheckResult } from '../../vault/check.ts'
import type { VaultAccess } from '../../vault/open.ts'
import type { PruneResult } from '../../vault/prune.ts'
import type { Repository } from '../../vault/repository.ts'
import type { VaultSnapshot } from '../../vault/snapshots.ts'
import type { SyncResult } from '../../vault/sync.ts'
import type { Call, Command, Option, Outcome } from '../command.ts'
import { bytes, dateTime } from '../show/format.ts'
import { style } from '../show/style.ts'
import { table } from '../show/table.ts'

/** Every verb may be pointed at a vault by hand: on the worst day there is no configuration. */
const access: Readonly<Record<string, Option>> = {
  repository: { type: 'string', value: 'PLACE', summary: words['vault.option.repository'] },
  'password-file': { type: 'string', value: 'FILE', summary: words['vault.option.password-file'] },
}

const newPassword: Readonly<Record<string, Option>> = {
  'new-password-file': { type: 'string', value: 'FILE', summary: words['vault.option.new-password-file'] },
  'new-password-env': { type: 'string', value: 'NAME', summary: words['vault.option.new-password-env'] },
}

export const command: Command = {
  name: 'vault',
  summary: words['vault.summary'],
  positionals: [],
  options: {},
  examples: ['pulih vault init', 'pulih vault sync', 'pulih vault restore latest --to recovered'],
  commands: [
    verb('init', 'vault.init.summary', ['pulih vault init'], init),
    verb('sync', 'vault.sync.summary', ['pulih vault sync', 'pulih vault sync --json'], sync),
    verb('list', 'vault.list.summary', ['pulih vault list', 'pulih vault list --json'], list),
    verb('check', 'vault.check.summary', ['pulih vault check', 'pulih vault check --part 1/7'], check, {
      part: { type: 'string', value: 'N/M', summary: words['vault.option.part'] },
      structure: { type: 'boolean', summary: words['vault.option.structure'] },
    }),
    verb('prune', 'vault.prune.summary', ['pulih vault prune --dry-run', 'pulih vault prune'], prune),
    {
      ...verb('fetch', 'vault.fetch.summary', ['pulih vault fetch latest'], fetch),
      positionals: [{ name: 'ID' }],
    },
    {
      ...verb('restore', 'vault.restore.summary', ['pulih vault restore latest --to recovered'], restore, {
        to: { type: 'string', value: 'DIR', summary: words['vault.option.to'] },
        'no-lock': { type: 'boolean', summary: words['vault.option.wait'] },
      }),
      positionals: [{ name: 'ID' }],
    },
    {
      ...verb('key', 'vault.key.summary', ['pulih vault key list'], keyList),
      options: {},
      commands: [
        verb('list', 'vault.key.list.summary', ['pulih vault key list'], keyList),
        verb(
          'add',
          'vault.key.add.summary',
          ['pulih vault key add --new-password-file second.txt'],
          keyAdd,
          newPassword,
        ),
        {
          ...verb('remove', 'vault.key.remove.summary', ['pulih vault key remove 4c1f09aa'], keyRemove),
          positionals: [{ name: 'KEY' }],
        },
        verb(
          'passwd',
          'vault.key.passwd.summary',
          ['pulih vault key passwd --new-password-env NEW_PASSWORD'],
          keyPasswd,
          newPassword,
        ),
      ],
    },
    verb('unlock', 'vault.unlock.summary', ['pulih vault unlock', 'pulih vault unlock --all'], unlock, {
      all: { type: 'boolean', summary: words['vault.option.all-locks'] },
    }),
    verb('kit', 'vault.kit.summary', ['pulih vault kit', 'pulih vault kit --lang id'], kit),
  ],
  run: () => {
    throw new PulihError('bug', { detail: 'vault was run without a verb below it' })
  },
}

type SummaryCode = Extract<keyof typeof words, `${string}summary`>

function verb(
  name: string,
  summary: SummaryCode,
  examples: readonly string[],
  run: Command['run'],
  options: Readonly<Record<string, Option>> = {},
): Command {
  return { name, summary: words[summary], positionals: [], options: { ...access, ...options }, examples, run }
}

async function accessOf(call: Call): Promise<{ readonly app: App; readonly access: VaultAccess }> {
  const app = await call.app()
  const { vaultAccess } = await import('../../vault/open.ts')
  const options = { repository: textOption(call, 'repository'), passwordFile: pathOption(call, 'password-file') }
  return { app, access: await vaultAccess(app, options) }
}

function textOption(call: Call, name: string): string | undefined {
  const value = call.options[name]
  return typeof value === 'string' ? value : undefined
}

function pathOption(call: Call, name: string): string | undefined {
  const value = textOption(call, name)
  return value === undefined ? undefined : resolve(value)
}

/** Opens the vault for as long as `act` needs it. */
async function withVault<T>(call: Call, act: (repository: Repository, app: App) => Promise<T>): Promise<T> {
  const { app, access: wanted } = await accessOf(call)
  const { openVault } = await import('../../vault/open.ts')
  await using repository = await openVault(wanted, call.signal)
  return await act(repository, app)
}

async function init(call: Call): Promise<Outcome> {
  const { access: wanted } = await accessOf(call)
  const { foundVault } = await import('../../vault/open.ts')
  await using repository = await foundVault(wanted)
  const { place } = repository.backend
  const json = { repository: place, id: repository.config.id, version: repository.config.version }
  return { exit: 0, json, text: (language) => style.good(say(language, 'vault.init.done', { place })) }
}

async function sync(call: Call): Promise<Outcome> {
  const { app, access: wanted } = await accessOf(call)
  const { syncVault } = await import('../../backup/vault-sync.ts')
  const result = await syncVault(app, { signal: call.signal, progress: call.progress }, wanted)
  const allFailed = result.failed.length > 0 && result.saved.length === 0
  return {
    exit: allFailed ? 1 : result.failed.length > 0 ? 3 : 0,
    json: syncJson(result, call.global.language),
    text: (language) => syncText(result, language),
  }
}

function syncJson({ saved, failed, alreadyThere }: SyncResult, language: Language): unknown {
  return {
    saved,
    failed: failed.map(({ name, error }) => ({ name, code: error.code, message: error.words(language)[0] })),
    alreadyThere,
  }
}

function syncText({ saved, failed, alreadyThere }: SyncResult, language: Language): string {
  const lines = [
    ...saved.map((one) => say(language, 'vault.sync.saved', { ...one, id: one.id.slice(0, 8) })),
    ...failed.map(({ name, error }) =>
      style.warn(say(language, 'vault.sync.failed', { name, reason: error.words(language)[0] })),
    ),
  ]
  if (failed.length > 0) return [...lines, say(language, 'vault.sync.some', { failed: failed.length })].join('\n')
  if (saved.length === 0) return say(language, 'vault.sync.nothing', { count: alreadyThere })
  return [...lines, style.good(say(language, 'vault.sync.done', { count: saved.length }))].join('\n')
}

interface Row {
  readonly id: string
  readonly time: string
  readonly host: string
  readonly name: string
  readonly bytes: number
  readonly type: string | null
}

/** Reading the list needs no lock: at worst it shows a snapshot that is being forgotten right now. */
async function list(call: Call): Promise<Outcome> {
  const rows = await withVault(call, async (repository, app) => {
    const { nameOf, readSnapshots, snapshotBytes } = await import('../../vault/snapshots.ts')
    const { BlobIndex } = await import('../../vault/blobs.ts')
    const snapshots = await readSnapshots(repository, call.signal)
    let index: Promise<InstanceType<typeof BlobIndex>> | undefined
    const loadIndex = () => {
      index ??= BlobIndex.load(repository, call.signal)
      return index
    }
    const known = new Map()
    const sizes: Row[] = []
    for (const one of snapshots) {
      const size = await snapshotBytes(repository, loadIndex, one, known, call.signal)
      sizes.push(rowOf(one, nameOf(one), size, app))
    }
    return sizes
  })
  return { exit: 0, json: { snapshots: rows }, text: (language) => listText(rows, language) }
}

function rowOf({ id, timeMs, snapshot, ours }: VaultSnapshot, name: string, size: number, app: App): Row {
  const time = isoWithOffset(timeMs, app.zone)
  return { id, time, host: snapshot.hostname, name, bytes: size, type: ours?.type ?? null }
}

function listText(rows: readonly Row[], language: Language): string {
  if (rows.length === 0) return say(language, 'vault.list.empty')
  const head = say(language, 'vault.list.head').split('|')
  const lines = rows.map(({ id, time, host, name, bytes: size }) => [
    id.slice(0, 8),
    time.slice(0, 16).replace('T', ' '),
    host,
    name,
    bytes(size, language),
  ])
  const shown = table([head, ...lines], { head: true, align: ['left', 'left', 'left', 'left', 'right'] })
  return `${shown}\n${say(language, 'vault.list.next')}`
}

async function check(call: Call): Promise<Outcome> {
  const data = dataOption(call)
  const result = await withVault(call, async (repository, app) => {
    const { checkVault } = await import('../../vault/check.ts')
    const { VaultLock } = await import('../../vault/lock.ts')
    await using lock = await VaultLock.acquire(repository, { exclusive: false, clock: app.clock, signal: call.signal })
    return await checkVault(repository, { data, signal: lock.signal, progress: call.progress })
  })
  return {
    exit: result.problems.length > 0 ? 1 : 0,
    json: {
      ...result,
      problems: result.problems.map((one) => ({ ...one, message: problemText(one, call.global.language) })),
    },
    text: (language) => checkText(result, language),
  }
}

function dataOption(call: Call): CheckOptions['data'] {
  const part = textOption(call, 'part')
  if (part === undefined) return call.options.structure === true ? 'none' : 'all'
  const [, number, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(part) ?? []
  if (of === undefined || Number(number) < 1 || Number(number) > Number(of))
    throw new PulihError('usage.value', { option: '--part', found: part, allowed: '1/7 … 7/7' })
  return { part: Number(number), of: Number(of) }
}

function problemText(problem: CheckResult['problems'][number], language: Language): string {
  return say(language, `vault.problem.${problem.code}`, problem)
}

function checkText(result: CheckResult, language: Language): string {
  const { problems, hints, snapshots, packs, bytesRead } = result
  const left = hints.length === 0 ? [] : [style.faint(say(language, 'vault.check.hints', { count: hints.length }))]
  if (problems.length === 0)
    return [style.good(say(language, 'vault.check.whole', { snapshots, packs, readBytes: bytesRead })), ...left].join(
      '\n',
    )
  const lines = problems.map((one) => style.bad(problemText(one, language)))
  return [...lines, say(language, 'vault.check.damaged', { count: problems.length }), ...left].join('\n')
}

async function prune(call: Call): Promise<Outcome> {
  const { app, access: wanted } = await accessOf(call)
  const { pruneVaultOf } = await import('../../backup/vault-prune.ts')
  const work = { signal: call.signal, progress: call.progress }
  const { global, terminal } = call
  const asks = terminal.interactive && !global.yes && !global.json
  if (global.dryRun || asks) {
    const planned = await pruneVaultOf(app, { ...work, dryRun: true }, wanted)
    const screen = (language: Language) => say(language, 'vault.prune.plan', factsOf(planned))
    if (global.dryRun) return { exit: 0, json: pruneJson(planned, true), text: screen }
    terminal.tell(screen(global.language))
    if (!(await terminal.confirm(say(global.language, 'vault.prune.ask'))))
      return { exit: 0, json: pruneJson(planned, true), text: (language) => say(language, 'vault.prune.declined') }
  }
  const result = await pruneVaultOf(app, work, wanted)
  return {
    exit: 0,
    json: pruneJson(result, false),
    text: (language) => style.good(say(language, 'vault.prune.done', { ...factsOf(result), kept: result.kept })),
  }
}

function factsOf({ forgotten, removedPacks, repackedPacks, freedBytes }: PruneResult) {
  return { forget: forgotten.length, packs: removedPacks, repack: repackedPacks, freedBytes }
}

function pruneJson({ forgotten, ...rest }: PruneResult, dryRun: boolean): unknown {
  const named = forgotten.map(({ id, ours, snapshot }) => ({ id, name: ours?.name ?? '', time: snapshot.time }))
  return { forgotten: named, ...rest, dryRun }
}

async function restore(call: Call): Promise<Outcome> {
  const to = pathOption(call, 'to')
  if (to === undefined)
    throw new PulihError('usage.missing', { name: '--to DIR', usage: 'pulih vault restore ID --to DIR' })
  const { name, id, result } = await withVault(call, (repository, app) => restoreTo(call, repository, app, to))
  const incomplete = result.skipped.length + result.unlisted.length > 0
  const json = {
    snapshot: id,
    from: name,
    to,
    restored: result.restored,
    bytes: result.bytes,
    verified: result.verified,
    skipped: result.skipped,
    unlisted: result.unlisted,
  }
  return {
    exit: incomplete ? 3 : 0,
    json,
    text: (language) =>
      [
        ...result.skipped.map((path) => style.warn(say(language, 'vault.restore.skipped', { path }))),
        ...result.unlisted.map((path) => style.warn(say(language, 'vault.restore.unlisted', { path }))),
        style.good(
          say(language, 'vault.restore.done', { name, files: result.restored.length, to, verified: result.verified }),
        ),
      ].join('\n'),
  }
}

async function restoreTo(call: Call, repository: Repository, app: App, to: string) {
  const [{ BlobIndex }, { VaultLock }, { restoreSnapshot }, snapshots] = await Promise.all([
    import('../../vault/blobs.ts'),
    import('../../vault/lock.ts'),
    import('../../vault/restore.ts'),
    import('../../vault/snapshots.ts'),
  ])
  const lockless = call.options['no-lock'] === true
  await using lock = lockless
    ? null
    : await VaultLock.acquire(repository, { exclusive: false, clock: app.clock, signal: call.signal })
  const signal = lock?.signal ?? call.signal
  const all = await snapshots.readSnapshots(repository, signal)
  const snapshot = snapshots.findSnapshot(all, call.positionals[0] ?? '')
  const index = await BlobIndex.load(repository, signal)
  const result = await restoreSnapshot(repository, index, snapshot, to, { signal, progress: call.progress })
  return { name: snapshots.nameOf(snapshot), id: snapshot.id, result }
}

async function fetch(call: Call): Promise<Outcome> {
  const { app, access: wanted } = await accessOf(call)
  const { fetchToArchive } = await import('../../backup/vault-fetch.ts')
  const { signal, progress, positionals } = call
  const entry = await fetchToArchive(app, positionals[0] ?? '', { signal, progress }, wanted)
  const { name, state, path, sequence, created, bytes: size } = entry
  return {
    exit: state === 'proven' ? 0 : 3,
    json: { name, state, path, sequence, created, bytes: size },
    text: (language) => style.good(say(language, 'vault.fetch.done', { name, state: say(language, `state.${state}`) })),
  }
}

async function keyList(call: Call): Promise<Outcome> {
  const { listKeys } = await import('../../vault/keys.ts')
  const keys = await withVault(call, ({ backend, key }) => listKeys(backend, key.id, call.signal))
  return {
    exit: 0,
    json: { keys },
    text: (language) => {
      const rows = keys.map(({ id, created, username, hostname: host, current }) => [
        current ? '*' : ' ',
        id.slice(0, 8),
        dateTime(Date.parse(created), Intl.DateTimeFormat().resolvedOptions().timeZone, language),
        username,
        host,
      ])
      return table([say(language, 'vault.key.head').split('|'), ...rows], { head: true })
    },
  }
}

async function keyAdd(call: Call): Promise<Outcome> {
  const password = await newPasswordOf(call)
  const { storeKey } = await import('../../vault/keys.ts')
  const id = await locked(call, false, (repository, app) =>
    storeKey(repository.backend, repository.key.keys, password.reveal(), app.clock.now()),
  )
  return { exit: 0, json: { key: id }, text: (language) => say(language, 'vault.key.added', { id: id.slice(0, 8) }) }
}

async function keyRemove(call: Call): Promise<Outcome> {
  const { removeKey } = await import('../../vault/keys.ts')
  const id = await locked(call, true, ({ backend, key }) => removeKey(backend, call.positionals[0] ?? '', key.id))
  return {
    exit: 0,
    json: { removed: id },
    text: (language) => say(language, 'vault.key.removed', { id: id.slice(0, 8) }),
  }
}

async function keyPasswd(call: Call): Promise<Outcome> {
  const password = await newPasswordOf(call)
  const { changePassword } = await import('../../vault/keys.ts')
  const id = await locked(call, true, (repository, app) =>
    changePassword(repository.backend, repository.key, password.reveal(), app.clock.now()),
  )
  return { exit: 0, json: { key: id }, text: (language) => say(language, 'vault.key.changed', { id: id.slice(0, 8) }) }
}

async function locked<T>(
  call: Call,
  exclusive: boolean,
  act: (repository: Repository, app: App) => Promise<T>,
): Promise<T> {
  return withVault(call, async (repository, app) => {
    const { VaultLock } = await import('../../vault/lock.ts')
    await using _lock = await VaultLock.acquire(repository, { exclusive, clock: app.clock, signal: call.signal })
    return await act(repository, app)
  })
}

async function newPasswordOf(call: Call): Promise<Secret> {
  const file = pathOption(call, 'new-password-file')
  const { readPassword } = await import('../../vault/open.ts')
  if (file !== undefined) return readPassword(file)
  const name = textOption(call, 'new-password-env')
  const text = name === undefined ? await askPassword(call) : (process.env[name] ?? '')
  if (text === '') throw new PulihError('vault.password-missing', { detail: '--new-password-file, --new-password-env' })
  return new Secret(text)
}

async function askPassword({ terminal, global }: Call): Promise<string> {
  return terminal.interactive ? (await terminal.ask(say(global.language, 'vault.key.ask'))).trim() : ''
}

async function unlock(call: Call): Promise<Outcome> {
  const { unlock: removeLocks } = await import('../../vault/lock.ts')
  const all = call.options.all === true
  const { removed, left } = await withVault(call, (repository, app) =>
    removeLocks(repository, { all, nowMs: app.clock.now() }),
  )
  return {
    exit: left.length > 0 ? 3 : 0,
    json: { removed, left: left.map(({ id, lock }) => ({ id, ...lock })) },
    text: (language) => say(language, 'vault.unlock.done', { removed, left: left.length }),
  }
}

/** Opens nothing: it must print also when the place is down. */
async function kit(call: Call): Promise<Outcome> {
  const app = await call.app()
  const repository = textOption(call, 'repository') ?? app.config.vault?.repository
  if (repository === undefined) throw new PulihError('vault.not-configured')
  const { kitText } = await import('../../vault/kit.ts')
  const facts = {
    repository: repository.replace(/:\/\/([^:@/]*):[^/]*@/, '://$1:…@'),
    app: app.folders.app,
    host: hostname(),
    variables: variablesFor(
      repository,
      new Set([...Object.keys(process.env), ...Object.keys(app.config.vault?.env ?? {})]),
    ),
    printed: isoWithOffset(app.clock.now(), app.zone).slice(0, 10),
  }
  return {
    exit: 0,
    json: { ...facts, text: kitText(facts, call.global.language) },
    text: (language) => kitText(facts, language),
  }
}

/** What has to be set to reach that kind of place; names only. */
function variablesFor(repository: string, set: ReadonlySet<string>): readonly string[] {
  if (repository.startsWith('s3:'))
    return ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', ...(set.has('AWS_REGION') ? ['AWS_REGION'] : [])]
  if (repository.startsWith('rest:') && set.has('RESTIC_REST_USERNAME'))
    return ['RESTIC_REST_USERNAME', 'RESTIC_REST_PASSWORD']
  return []
}

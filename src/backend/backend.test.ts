import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { missing, type Server, startRestServer, startSshd } from '../../test/interop/vault-servers.ts'
import { systemClock } from '../time/clock.ts'
import { openPlain } from './all.ts'
import { backendSuite } from './backend.suite.ts'
import type { Backend } from './backend.ts'
import { LocalBackend } from './local/local.ts'
import { MemoryBackend } from './memory/memory.ts'
import { FaultyBackend } from './wrap/faulty.ts'
import { LimitedBackend } from './wrap/limit.ts'
import { RetryingBackend } from './wrap/retry.ts'

const folders: string[] = []
const servers: AsyncDisposable[] = []
after(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]()
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pulih-backend-'))
  folders.push(folder)
  return join(folder, 'repository')
}

/** Starts the server at the first test that needs it. */
function once<T extends Server>(start: () => Promise<T>): () => Promise<T> {
  let started: Promise<T> | undefined
  return async () => {
    started ??= start().then((server) => {
      servers.push(server)
      return server
    })
    return started
  }
}

const sshd = once(startSshd)
let count = 0

async function overSftp(): Promise<Backend> {
  const { url, env } = await sshd()
  return openPlain(`${url}-${++count}`, env, '/')
}

/** rclone serves many repositories from one root, by path. */
const rest = once(startRestServer)
async function overRest(): Promise<Backend> {
  const { url } = await rest()
  return openPlain(`${url}r${++count}/`, {}, '/')
}

async function overRclone(): Promise<Backend> {
  const folder = await freshFolder()
  return openPlain(`rclone::local:${folder}`, { ...process.env, RCLONE_CONFIG: join(folder, 'none') }, '/')
}

/** Every third call fails on the way there, every fifth on the way back. */
function shaky(inner: Backend): Backend {
  const plan = (_call: unknown, _file: unknown, at: number) => (at % 3 === 0 ? 'fail' : at % 5 === 0 ? 'lost' : null)
  return new RetryingBackend(new FaultyBackend(inner, plan), { clock: systemClock, firstPauseMs: 1 })
}

backendSuite('memory', { open: async () => new MemoryBackend() })
backendSuite('local', { open: async () => new LocalBackend(await freshFolder()) })
backendSuite('limited', { open: async () => new LimitedBackend(new MemoryBackend(), 2) })
backendSuite('retried over faults', { open: async () => shaky(new MemoryBackend()) })
backendSuite('sftp', { open: overSftp, skip: missing('sshd', 'openssh-server') })
backendSuite('rest', { open: overRest, skip: missing('rclone', 'rclone') })
backendSuite('rclone', { open: overRclone, skip: missing('rclone', 'rclone') })

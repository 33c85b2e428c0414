import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export const run = promisify(execFile)

/** A server of a test: ended, and its folder removed, when it leaves scope. */
export interface Server extends AsyncDisposable {
  readonly url: string
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
}

/**
 * False when a stock program is there. Otherwise the reason to skip, with the line that installs it; in CI a missing
 * peer is a failure, not a skip.
 */
export function missing(program: string, debianPackage: string): string | false {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], {
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
    })
    return false
  } catch (error) {
    const reason = `${program} is not installed: apt-get install -y --no-install-recommends ${debianPackage}`
    if (process.env.CI === 'true') throw new Error(reason, { cause: error })
    console.error(`SKIPPED: ${reason}`)
    return reason
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

export async function waitForPort(port: number, child: ChildProcess, tries = 200): Promise<void> {
  for (let attempt = 0; attempt < tries; attempt++) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`)
    const socket = connect(port, '127.0.0.1')
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (open) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`nothing listens on port ${port}`)
}

export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

/** A throwaway OpenSSH server with its own host key and one user key. */
export async function startSshd(): Promise<Server & { readonly port: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'pulih-sshd-'))
  const port = await freePort()
  for (const name of ['host', 'user'])
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)])
  const [hostKey, userKey] = await Promise.all(
    ['host', 'user'].map((name) => readFile(join(folder, `${name}.pub`), 'utf8')),
  )
  await writeFile(join(folder, 'authorized'), userKey as string, { mode: 0o600 })
  await writeFile(
    join(folder, 'known_hosts'),
    `[127.0.0.1]:${port} ${(hostKey as string).split(' ').slice(0, 2).join(' ')}\n`,
  )
  await writeFile(join(folder, 'config'), sshdConfig(folder, port))
  await chmod(folder, 0o755)
  await mkdir('/run/sshd', { recursive: true })
  const child = spawn('/usr/sbin/sshd', ['-D', '-f', join(folder, 'config'), '-E', join(folder, 'log')], {
    stdio: 'ignore',
  })
  await waitForPort(port, child)
  const env = {
    PULIH_SFTP_KEY: join(folder, 'user'),
    PULIH_SFTP_KNOWN_HOSTS: join(folder, 'known_hosts'),
    HOME: folder,
  }
  const url = `sftp://${userInfo().username}@127.0.0.1:${port}/${folder}/repository`
  return { url, folder, env, port, [Symbol.asyncDispose]: () => endServer(child, folder) }
}

function sshdConfig(folder: string, port: number): string {
  return `Port ${port}
ListenAddress 127.0.0.1
HostKey ${folder}/host
AuthorizedKeysFile ${folder}/authorized
PasswordAuthentication no
UsePAM no
StrictModes no
PidFile ${folder}/pid
Subsystem sftp internal-sftp
`
}

/** `rclone serve restic` over a folder: the REST protocol by somebody else. */
export async function startRestServer(args: readonly string[] = []): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'pulih-rest-'))
  const port = await freePort()
  const child = spawn(
    'rclone',
    ['serve', 'restic', '--addr', `127.0.0.1:${port}`, ...args, join(folder, 'repository')],
    {
      stdio: 'ignore',
      env: { ...process.env, RCLONE_CONFIG: join(folder, 'rclone.conf') },
    },
  )
  await waitForPort(port, child)
  return {
    url: `rest:http://127.0.0.1:${port}/`,
    folder,
    env: {},
    [Symbol.asyncDispose]: () => endServer(child, folder),
  }
}

async function endServer(child: ChildProcess, folder: string): Promise<void> {
  await endChild(child)
  await rm(folder, { recursive: true, force: true })
}

import ssh2, { type AuthenticationType, type Client, type SFTPWrapper } from 'ssh2'
import { PulihError } from '../../error.ts'
import { algorithmsFor, fingerprint, type HostState, judgeHost, type KnownKey } from './known-hosts.ts'

export interface SftpOptions {
  readonly place: string
  readonly host: string
  readonly port: number
  readonly user: string
  /** The repository's folder there. */
  readonly root: string
  readonly known: readonly KnownKey[]
  /** Private keys as their files hold them. */
  readonly keys: readonly Buffer[]
  readonly agent: string | undefined
}

export interface SftpSession {
  readonly sftp: SFTPWrapper
  readonly closed: () => boolean
  end(): void
}

/**
 * Signs in and opens the SFTP subsystem. The host's key is compared with known_hosts before anything is sent: throws
 * backend.host-key, backend.denied (no key was accepted), backend.unreachable.
 */
export async function openSession(options: SftpOptions): Promise<SftpSession> {
  const client = new ssh2.Client()
  let shown: { state: HostState; print: string } | null = null
  const verify = (key: Buffer): boolean => {
    shown = { state: judgeHost(options.known, key), print: fingerprint(key) }
    return shown.state === 'known'
  }
  try {
    await connect(client, options, verify)
    const sftp = await new Promise<SFTPWrapper>((resolve, reject) =>
      client.sftp((error, opened) => (error === undefined ? resolve(opened) : reject(error))),
    )
    return follow(client, sftp)
  } catch (error) {
    client.destroy()
    throw sessionError(error, options, shown)
  }
}

function connect(client: Client, options: SftpOptions, hostVerifier: (key: Buffer) => boolean): Promise<void> {
  const serverHostKey = algorithmsFor(options.known)
  return new Promise((resolve, reject) => {
    client.once('ready', () => {
      // Without this every small request waits 40 ms for the other side's delayed acknowledgement.
      client.setNoDelay(true)
      resolve()
    })
    client.once('error', reject)
    client.once('close', () => reject(new Error('the connection was closed')))
    client.connect({
      host: options.host,
      port: options.port,
      username: options.user,
      readyTimeout: 20_000,
      keepaliveInterval: 15_000,
      keepaliveCountMax: 4,
      hostVerifier,
      authHandler: methods(options) as unknown as AuthenticationType[],
      ...(serverHostKey === null ? {} : { algorithms: { serverHostKey: serverHostKey as never } }),
    })
  })
}

/** The agent's keys first, then those in files; one that needs a passphrase is the agent's business. */
function methods(options: SftpOptions): readonly unknown[] {
  const usable = options.keys.filter((key) => !(ssh2.utils.parseKey(key) instanceof Error))
  const agent = options.agent ? [{ type: 'agent', username: options.user, agent: options.agent }] : []
  return [...agent, ...usable.map((key) => ({ type: 'publickey', username: options.user, key }))]
}

function follow(client: Client, sftp: SFTPWrapper): SftpSession {
  let closed = false
  client.on('close', () => {
    closed = true
  })
  // A break reaches every pending request by its own callback; the event itself has nothing to add.
  client.on('error', () => {
    closed = true
  })
  return { sftp, closed: () => closed, end: () => client.end() }
}

function sessionError(
  error: unknown,
  options: SftpOptions,
  shown: { readonly state: HostState; readonly print: string } | null,
): PulihError {
  const { place, host, port } = options
  if (shown !== null && shown.state !== 'known') {
    const facts = { host: port === 22 ? host : `-p ${port} ${host}`, fingerprint: shown.print, state: shown.state }
    return new PulihError('backend.host-key', facts, { cause: error })
  }
  const reason = error instanceof Error ? error.message : String(error)
  const denied = (error as { level?: string } | null)?.level === 'client-authentication'
  if (denied) return new PulihError('backend.denied', { place, act: 'sign in', reason }, { cause: error })
  return new PulihError('backend.unreachable', { place, reason }, { cause: error })
}

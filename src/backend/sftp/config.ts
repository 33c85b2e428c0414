import { existsSync, readFileSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import { errnoOf, PulihError } from '../../error.ts'
import { knownKeys } from './known-hosts.ts'
import { SftpBackend } from './sftp.ts'
import { hostSettings } from './ssh-config.ts'

type Env = Readonly<Record<string, string | undefined>>

/**
 * `sftp:user@host:/path`, `sftp:host:path` (relative to the login folder) or `sftp://user@host:port//path`. Host names,
 * users, ports and keys also from `~/.ssh/config`; keys from the agent, PULIH_SFTP_KEY, or the usual files;
 * PULIH_SFTP_KNOWN_HOSTS names another list of host keys.
 */
export function openSftp(notation: string, env: Env): SftpBackend {
  const parsed = parse(notation)
  const home = env.HOME || homedir()
  const settings = hostSettings(readOr(join(home, '.ssh', 'config')), parsed.host)
  const host = settings.hostName ?? parsed.host
  const port = parsed.port ?? settings.port ?? 22
  const user = parsed.user ?? settings.user ?? userInfo().username
  const lists = env.PULIH_SFTP_KNOWN_HOSTS
    ? [env.PULIH_SFTP_KNOWN_HOSTS]
    : [...settings.knownHostsFiles, join(home, '.ssh', 'known_hosts'), '/etc/ssh/ssh_known_hosts']
  const known = lists.flatMap((path) => knownKeys(readOr(absolute(path, home)), host, port))
  const keys = privateKeys(env, settings.identityFiles, home)
  return new SftpBackend({
    place: notation,
    host,
    port,
    user,
    root: parsed.path,
    known,
    keys,
    agent: env.SSH_AUTH_SOCK,
  })
}

function parse(notation: string): { user: string | null; host: string; port: number | null; path: string } {
  const url = /^sftp:\/\/(?:([^@/]+)@)?(\[[^\]]+\]|[^:/]+)(?::(\d+))?\/(.+)$/.exec(notation)
  const short = /^sftp:(?!\/\/)(?:([^@:/]+)@)?(\[[^\]]+\]|[^:/]+):(.+)$/.exec(notation)
  const found = url ?? (short === null ? null : [short[0], short[1], short[2], undefined, short[3]])
  if (found === null) throw new PulihError('backend.notation', { notation, detail: 'expected sftp:user@host:/path' })
  const [, user, host = '', port, path = ''] = found
  return {
    user: user === undefined ? null : decodeURIComponent(user),
    host: host.replace(/^\[|\]$/g, ''),
    port: port === undefined ? null : Number(port),
    path: path.length > 1 ? path.replace(/\/+$/, '') : path,
  }
}

const usualKeys = ['id_ed25519', 'id_ecdsa', 'id_rsa']

function privateKeys(env: Env, configured: readonly string[], home: string): readonly Buffer[] {
  if (env.PULIH_SFTP_KEY) return [readFileSync(absolute(env.PULIH_SFTP_KEY, home))]
  const paths = configured.length > 0 ? configured : usualKeys.map((name) => join(home, '.ssh', name))
  return paths
    .map((path) => absolute(path, home))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path))
}

function absolute(path: string, home: string): string {
  return path.replace(/^~(?=\/)/, home).replaceAll('%d', home)
}

/** Missing is empty: none of these files has to exist. */
function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR' || errnoOf(error) === 'EACCES') return ''
    throw error
  }
}

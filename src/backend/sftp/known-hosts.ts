import { createHmac, hash, timingSafeEqual } from 'node:crypto'

export interface KnownKey {
  readonly type: string
  /** The key as it goes over the wire. */
  readonly key: Buffer
  readonly revoked: boolean
}

/** The keys that OpenSSH's known_hosts holds for a host: plain, hashed, wildcard and `[host]:port` entries. */
export function knownKeys(text: string, host: string, port: number): readonly KnownKey[] {
  const name = port === 22 ? host : `[${host}]:${port}`
  return text.split('\n').flatMap((line) => {
    const words = line.trim().split(/\s+/)
    const marker = words[0]?.startsWith('@') ? words.shift() : undefined
    const [names = '', type = '', key = ''] = words
    // Host certificates are not checked here: such a line vouches for no plain key.
    if (names.startsWith('#') || key === '' || marker === '@cert-authority' || !matches(names, name)) return []
    return [{ type, key: Buffer.from(key, 'base64'), revoked: marker === '@revoked' }]
  })
}

export type HostState = 'known' | 'unknown' | 'changed' | 'revoked'

export function judgeHost(known: readonly KnownKey[], shown: Uint8Array): HostState {
  const same = known.filter(({ key }) => key.length === shown.length && timingSafeEqual(key, shown))
  if (same.some(({ revoked }) => revoked)) return 'revoked'
  if (same.length > 0) return 'known'
  return known.some(({ revoked }) => !revoked) ? 'changed' : 'unknown'
}

/** `SHA256:…` as ssh prints it. */
export function fingerprint(key: Uint8Array): string {
  return `SHA256:${hash('sha256', key, 'base64').replace(/=+$/, '')}`
}

/** Signature algorithms to offer, so that the server shows a key of a type that is known here. */
export function algorithmsFor(known: readonly KnownKey[]): readonly string[] | null {
  const types = [...new Set(known.filter(({ revoked }) => !revoked).map(({ type }) => type))]
  const algorithms = types.flatMap((type) => (type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type]))
  return algorithms.length === 0 ? null : algorithms
}

function matches(names: string, host: string): boolean {
  if (names.startsWith('|1|')) return matchesHash(names, host)
  const patterns = names.split(',')
  const hit = (pattern: string) => globOf(pattern).test(host)
  return (
    patterns.some((pattern) => !pattern.startsWith('!') && hit(pattern)) &&
    !patterns.some((pattern) => pattern.startsWith('!') && hit(pattern.slice(1)))
  )
}

function matchesHash(names: string, host: string): boolean {
  const [, , salt = '', sum = ''] = names.split('|')
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(host).digest('base64') === sum
}

function globOf(pattern: string): RegExp {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${escaped}$`, 'i')
}

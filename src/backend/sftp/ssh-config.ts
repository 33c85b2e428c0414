/** What a person's `~/.ssh/config` says about one host, as far as SFTP needs it. */
export interface HostSettings {
  readonly hostName: string | null
  readonly user: string | null
  readonly port: number | null
  readonly identityFiles: readonly string[]
  readonly knownHostsFiles: readonly string[]
}

/**
 * Reads the few settings we use; as in ssh the first value found for a setting wins. `Match` blocks and `Include` are
 * not followed.
 */
export function hostSettings(config: string, host: string): HostSettings {
  const found = new Map<string, string[]>()
  let applies = true
  for (const line of config.split('\n')) {
    const [, key = '', value = ''] = /^\s*([A-Za-z]+)[\s=]+(.*?)\s*$/.exec(line) ?? []
    const name = key.toLowerCase()
    if (name === 'host') applies = matchesHost(value, host)
    else if (name === 'match') applies = false
    else if (applies && name !== '') found.set(name, [...(found.get(name) ?? []), value.replace(/^"(.*)"$/, '$1')])
  }
  const first = (name: string) => found.get(name)?.[0] ?? null
  const port = Number(first('port') ?? Number.NaN)
  return {
    hostName: first('hostname'),
    user: first('user'),
    port: Number.isInteger(port) && port > 0 ? port : null,
    identityFiles: found.get('identityfile') ?? [],
    knownHostsFiles: (first('userknownhostsfile') ?? '').split(/\s+/).filter((path) => path !== ''),
  }
}

function matchesHost(patterns: string, host: string): boolean {
  const list = patterns.split(/\s+/)
  const hit = (pattern: string) => {
    const escaped = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')
    return new RegExp(`^${escaped}$`).test(host)
  }
  if (list.some((pattern) => pattern.startsWith('!') && hit(pattern.slice(1)))) return false
  return list.some((pattern) => hit(pattern))
}

import { isAbsolute, resolve } from 'node:path'
import { PulihError } from '../error.ts'
import type { Clock } from '../time/clock.ts'
import type { Backend } from './backend.ts'
import { LimitedBackend } from './wrap/limit.ts'
import { RetryingBackend } from './wrap/retry.ts'

export type Env = Readonly<Record<string, string | undefined>>

/** By restic's prefix; each is loaded when first used. */
const backends: Readonly<Record<string, (notation: string, env: Env) => Promise<Backend>>> = {
  sftp: async (notation, env) => (await import('./sftp/config.ts')).openSftp(notation, env),
  rest: async (notation, env) => (await import('./rest/config.ts')).openRest(notation, env),
  s3: async (notation, env) => (await import('./s3/config.ts')).openS3(notation, env),
  rclone: async (notation, env) => (await import('./rclone/config.ts')).openRclone(notation, env),
}

/** Schemes that restic knows and we reach through rclone. */
const byRclone: ReadonlySet<string> = new Set(['b2', 'azure', 'gs', 'swift'])

/**
 * The place a repository is kept in, by restic's own notation, with retries and a bound on calls at once. `base` is what
 * a relative path of a local one is relative to. Throws backend.notation and backend.credentials (exit 2); nothing is
 * contacted yet.
 */
export async function openBackend(
  notation: string,
  options: { readonly env: Env; readonly base: string; readonly clock: Clock },
): Promise<Backend> {
  const inner = await openPlain(notation, options.env, options.base)
  return new RetryingBackend(new LimitedBackend(inner), { clock: options.clock })
}

/** The same without wrappers. */
export async function openPlain(notation: string, env: Env, base: string): Promise<Backend> {
  const scheme = /^([a-z][a-z0-9]*):/.exec(notation)?.[1]
  if (scheme !== undefined && Object.hasOwn(backends, scheme))
    return (await backends[scheme]?.(notation, env)) as Backend
  if (scheme !== undefined && byRclone.has(scheme))
    throw new PulihError('backend.notation', { notation, detail: `reach ${scheme} as rclone:remote:path` })
  const path = scheme === 'local' ? notation.slice('local:'.length) : notation
  if (path === '' || (scheme !== undefined && scheme !== 'local'))
    throw new PulihError('backend.notation', { notation, detail: 'unknown kind of place' })
  const { LocalBackend } = await import('./local/local.ts')
  return new LocalBackend(isAbsolute(path) ? path : resolve(base, path))
}

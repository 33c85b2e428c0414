import { readFile } from 'node:fs/promises'
import type { App } from '../app/app.ts'
import { Secret } from '../app/secret.ts'
import { type Env, openBackend } from '../backend/all.ts'
import type { Backend } from '../backend/backend.ts'
import { diskError } from '../disk/failure.ts'
import { PulihError } from '../error.ts'
import type { Clock } from '../time/clock.ts'
import { Repository } from './repository.ts'

/** Where a vault is and how to get in: from the configuration, or said on the command line by somebody who lost it. */
export interface VaultAccess {
  readonly repository: string
  readonly password: Secret
  readonly env: Env
  /** What a relative local path is relative to. */
  readonly base: string
  readonly clock: Clock
}

export interface AccessOptions {
  readonly repository?: string | undefined
  readonly passwordFile?: string | undefined
}

/** Named by the recovery kit, for whoever has no configuration left. */
export const passwordVariable = 'PULIH_VAULT_PASSWORD'

/**
 * The configured vault, or the one named by options (its password then from the file, PULIH_VAULT_PASSWORD or the
 * configuration). Throws vault.not-configured, vault.password-missing.
 */
export async function vaultAccess(app: App, options: AccessOptions = {}, env: Env = process.env): Promise<VaultAccess> {
  const configured = app.config.vault
  const repository = options.repository ?? configured?.repository
  if (repository === undefined) throw new PulihError('vault.not-configured')
  return {
    repository,
    password: await passwordFor(options, configured?.password ?? null, env),
    env: { ...env, ...revealed(configured?.env ?? {}) },
    base: app.folders.app,
    clock: app.clock,
  }
}

/** Credentials for the place, at the moment of use. */
function revealed(env: Readonly<Record<string, Secret>>): Env {
  return Object.fromEntries(Object.entries(env).map(([name, secret]) => [name, secret.reveal()]))
}

async function passwordFor(options: AccessOptions, configured: Secret | null, env: Env): Promise<Secret> {
  if (options.passwordFile !== undefined) return readPassword(options.passwordFile)
  const fromEnv = env[passwordVariable]
  if (configured !== null && options.repository === undefined) return configured
  if (fromEnv !== undefined && fromEnv !== '') return new Secret(fromEnv)
  if (configured !== null) return configured
  throw new PulihError('vault.password-missing', { detail: `${passwordVariable} is not set` })
}

/** As restic reads it: white space at both ends is not part of it. */
export async function readPassword(path: string): Promise<Secret> {
  let text: string
  try {
    text = (await readFile(path, 'utf8')).trim()
  } catch (error) {
    throw diskError(error, 'read', path)
  }
  if (text === '') throw new PulihError('vault.password-missing', { detail: `${path} is empty` })
  return new Secret(text)
}

export function openPlace(access: VaultAccess): Promise<Backend> {
  return openBackend(access.repository, access)
}

/** Throws vault.absent, vault.password, vault.damaged, backend errors. Writes nothing. */
export async function openVault(access: VaultAccess, signal?: AbortSignal): Promise<Repository> {
  const backend = await openPlace(access)
  try {
    return await Repository.open(backend, access.password.reveal(), signal)
  } catch (error) {
    await backend[Symbol.asyncDispose]()
    throw error
  }
}

/** Founds it. Throws vault.exists. */
export async function foundVault(access: VaultAccess): Promise<Repository> {
  const backend = await openPlace(access)
  try {
    return await Repository.init(backend, access.password.reveal(), access.clock.now())
  } catch (error) {
    await backend[Symbol.asyncDispose]()
    throw error
  }
}

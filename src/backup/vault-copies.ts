import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import type { BackupEntry } from '../catalogue/types.ts'
import { writeDurably } from '../disk/draft.ts'
import { errnoOf } from '../error.ts'

/** Which backups the vault held when it was last looked at, so that nobody has to ask it: `.pulih/vault.json`. */
export interface VaultCopies {
  readonly repository: string
  /** ISO with offset. */
  readonly at: string
  readonly copies: readonly VaultCopy[]
}

export interface VaultCopy {
  readonly name: string
  /** Of the archive's manifest: with the name it says which backup this is. */
  readonly manifestSha256: string
  /** Of the snapshot. */
  readonly id: string
}

/** Null: it was never looked at, or nothing is known any more; the next sync knows it again. */
export async function readVaultCopies(app: App): Promise<VaultCopies | null> {
  try {
    const value = JSON.parse(await readFile(placeOf(app), 'utf8')) as (VaultCopies & { version?: unknown }) | null
    return value?.version === 1 && Array.isArray(value.copies) ? value : null
  } catch (error) {
    if (error instanceof SyntaxError || ['ENOENT', 'EACCES'].includes(errnoOf(error) ?? '')) return null
    throw error
  }
}

/** Throws disk.*. */
export async function writeVaultCopies(app: App, held: VaultCopies): Promise<void> {
  await writeDurably(placeOf(app), `${JSON.stringify({ version: 1, ...held })}\n`)
}

/** The copy of this very backup; null when the vault held none. */
export function copyOf(held: VaultCopies | null, { name, proof }: Pick<BackupEntry, 'name' | 'proof'>) {
  const isIt = (one: VaultCopy) => one.name === name && one.manifestSha256 === proof?.manifestSha256
  return held?.copies.find(isIt) ?? null
}

function placeOf(app: App): string {
  return join(app.folders.state, 'vault.json')
}

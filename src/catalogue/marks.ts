import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { writeDurably } from '../disk/draft.ts'
import { alone } from '../disk/exclusive.ts'
import { diskError } from '../disk/failure.ts'
import { errnoOf } from '../error.ts'
import type { Proof } from '../snapshot/finding.ts'
import type { Mark } from './types.ts'

const empty: Mark = { version: 1, proof: null, pinned: null, damage: null }

/** `backups/backup_x.zip` -> `backups/.backup_x.mark.json`. */
export function markPath(archivePath: string): string {
  return join(dirname(archivePath), `.${basename(archivePath, '.zip')}.mark.json`)
}

/**
 * What became known about an archive after it was written; all null when there is no mark. A mark that makes no sense
 * proves nothing, but may have been a pin: it counts as one until somebody unpins it. Throws disk.* when it cannot be read.
 */
export async function readMark(archivePath: string): Promise<Mark> {
  const path = markPath(archivePath)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return empty
    throw diskError(error, 'read', path)
  }
  return parseMark(text)
}

/**
 * Reads, changes and durably replaces a mark. Two processes that change the same mark take turns, so neither loses what
 * the other wrote. Throws disk.*; then the old mark is untouched.
 */
export async function changeMark(archivePath: string, change: (mark: Mark) => Mark): Promise<void> {
  await withMark(archivePath, async (mark) => {
    await writeDurably(markPath(archivePath), `${JSON.stringify(change(mark), null, 2)}\n`)
  })
}

/** Runs `step` with the mark as it is, while nobody else changes marks of that folder. */
export async function withMark<T>(archivePath: string, step: (mark: Mark) => Promise<T>): Promise<T> {
  return alone(join(dirname(archivePath), '.marks.lock'), async () => step(await readMark(archivePath)))
}

function parseMark(text: string): Mark {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Half a file from a broken disk: see readMark for why this is a pin.
    return { ...empty, pinned: { at: '', reason: null } }
  }
  if (!isObject(value)) return { ...empty, pinned: { at: '', reason: null } }
  return { version: 1, proof: proofIn(value), pinned: pinIn(value), damage: damageIn(value) }
}

function proofIn({ proof }: Record<string, unknown>): Proof | null {
  if (!isObject(proof)) return null
  const { at, archiveBytes, manifestSha256, databases, files, recoveryMs, by } = proof
  const numbers = [archiveBytes, databases, files, recoveryMs].every((one) => typeof one === 'number')
  const whole = numbers && typeof at === 'string' && typeof manifestSha256 === 'string' && isObject(by)
  return whole ? (proof as unknown as Proof) : null
}

function pinIn({ pinned }: Record<string, unknown>): Mark['pinned'] {
  if (pinned === null || pinned === undefined) return null
  const { at, reason } = isObject(pinned) ? pinned : {}
  return { at: typeof at === 'string' ? at : '', reason: typeof reason === 'string' ? reason : null }
}

function damageIn({ damage }: Record<string, unknown>): Mark['damage'] {
  if (damage === null || damage === undefined) return null
  const { at, findings } = isObject(damage) ? damage : {}
  const known = Array.isArray(findings) ? findings.filter(isFinding) : []
  return { at: typeof at === 'string' ? at : '', findings: known }
}

function isFinding(value: unknown): boolean {
  return isObject(value) && typeof value.code === 'string' && typeof value.detail === 'string'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

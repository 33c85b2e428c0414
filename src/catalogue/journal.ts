import { constants } from 'node:fs'
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { dropBallast, keepBallast } from '../disk/ballast.ts'
import { makeFolder, syncFolder } from '../disk/draft.ts'
import { alone } from '../disk/exclusive.ts'
import { diskError } from '../disk/failure.ts'
import { errnoOf } from '../error.ts'

const current = 'history.jsonl'
const earlier = /^history-\d+\.jsonl$/
const keptFiles = 3
/** About 2,500 acts each. */
const fullBytes = 1_500_000
/** Nobody needs it, until the disk is full and a line must still be written. */
const ballastBytes = 64 * 1024

/**
 * Appends one line to `history.jsonl` in `state` and makes it durable. One write per line; a line that was torn by a
 * crash does not swallow the next. When the disk is full, the ballast kept beside it is given up for this line: failing
 * for want of space is exactly what must be on record. Throws disk.*.
 */
export async function appendLine(state: string, line: string): Promise<void> {
  await makeFolder(state)
  const path = join(state, current)
  try {
    await rotateWhenFull(state)
    await append(path, line)
    await keepBallast(join(state, 'ballast'), ballastBytes)
  } catch (error) {
    if (!['ENOSPC', 'EDQUOT'].includes(errnoOf(error) ?? '') || !(await dropBallast(join(state, 'ballast')))) {
      throw diskError(error, 'write', path)
    }
    await append(path, line).catch((again: unknown) => {
      throw diskError(again, 'write', path)
    })
  }
}

/** Every line that was kept, oldest first; torn and foreign lines included: the reader judges them. Throws disk.*. */
export async function readLines(state: string): Promise<string[]> {
  const files = [...(await earlierFiles(state)), current]
  const texts = await Promise.all(files.map((name) => textOf(join(state, name))))
  return texts.flatMap((text) => text.split('\n')).filter((line) => line !== '')
}

async function append(path: string, line: string): Promise<void> {
  await using file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, 0o600)
  const { size } = await file.stat()
  const last = Buffer.alloc(1)
  if (size > 0) await file.read(last, 0, 1, size - 1)
  const torn = size > 0 && last[0] !== 0x0a
  const bytes = Buffer.from(`${torn ? '\n' : ''}${line}\n`)
  const { bytesWritten } = await file.write(bytes)
  if (bytesWritten < bytes.length) throw Object.assign(new Error('ENOSPC: short write'), { code: 'ENOSPC' })
  await file.sync()
  if (size === 0) await syncFolder(join(path, '..'))
}

/** A full file gets a name of its own and the oldest ones go; one process at a time, so that no page is turned twice. */
async function rotateWhenFull(state: string): Promise<void> {
  if (!(await isFull(state))) return
  await alone(join(state, 'history.lock'), async () => {
    if (!(await isFull(state))) return
    const files = await earlierFiles(state)
    const next = Number(/\d+/.exec(files.at(-1) ?? '0')?.[0]) + 1
    await rename(join(state, current), join(state, `history-${String(next).padStart(8, '0')}.jsonl`))
    await syncFolder(state)
    for (const name of files.slice(0, Math.max(0, files.length + 1 - keptFiles))) await rm(join(state, name))
  })
}

async function isFull(state: string): Promise<boolean> {
  const found = await stat(join(state, current)).catch(() => null)
  return found !== null && found.size >= fullBytes
}

async function earlierFiles(state: string): Promise<string[]> {
  try {
    return (await readdir(state)).filter((name) => earlier.test(name)).sort()
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw diskError(error, 'read', state)
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return ''
    throw diskError(error, 'read', path)
  }
}

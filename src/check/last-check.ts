import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { writeDurably } from '../disk/draft.ts'
import { errnoOf, isPulihError } from '../error.ts'

/** How the last full check of a live database's copy ended. */
export interface LastCheck {
  readonly atMs: number
  readonly healthy: boolean
}

/** In `.pulih/checks.json`: relative path -> the last full check. Losing it costs one more. */
type LastChecks = Readonly<Record<string, LastCheck>>

export async function readLastCheck(app: App, path: string): Promise<LastCheck | null> {
  const known = await readAll(app)
  return Object.hasOwn(known, path) ? (known[path] ?? null) : null
}

/** A full disk must not end the look that is about to report it. */
export async function keepLastCheck(app: App, path: string, check: LastCheck): Promise<void> {
  const databases = { ...(await readAll(app)), [path]: check }
  try {
    await writeDurably(placeOf(app), `${JSON.stringify({ version: 1, databases })}\n`)
  } catch (error) {
    if (!isPulihError(error)) throw error
  }
}

function placeOf(app: App): string {
  return join(app.folders.state, 'checks.json')
}

async function readAll(app: App): Promise<LastChecks> {
  try {
    const value = JSON.parse(await readFile(placeOf(app), 'utf8')) as { databases?: unknown } | null
    const known = value?.databases
    if (typeof known !== 'object' || known === null || Array.isArray(known)) return {}
    return Object.fromEntries(Object.entries(known).filter(([, one]) => typeof one?.atMs === 'number'))
  } catch (error) {
    if (error instanceof SyntaxError || ['ENOENT', 'EACCES'].includes(errnoOf(error) ?? '')) return {}
    throw error
  }
}

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { writeDurably } from '../disk/draft.ts'
import { errnoOf, isPulihError } from '../error.ts'

/** Free space at one moment, in `.pulih/space.json`: what the forecast is made of. */
export interface SpaceSample {
  readonly atMs: number
  readonly freeBytes: number
}

const day = 86_400_000
const everyMs = 4 * 3_600_000
const keptMs = 30 * day

/** Adds a sample when the newest is four hours old; answers all of the last 30 days, this one included, oldest first. */
export async function noteSpace(app: App, sample: SpaceSample): Promise<readonly SpaceSample[]> {
  const known = (await readSamples(app)).filter(
    ({ atMs }) => atMs <= sample.atMs && sample.atMs - atMs <= keptMs && Number.isFinite(atMs),
  )
  const last = known.at(-1)
  const samples = [...known, sample]
  if (last === undefined || sample.atMs - last.atMs >= everyMs) await keep(app, samples)
  return samples
}

/** A full disk must not end the look that is about to report it. */
async function keep(app: App, samples: readonly SpaceSample[]): Promise<void> {
  try {
    await writeDurably(join(app.folders.state, 'space.json'), `${JSON.stringify({ version: 1, samples })}\n`)
  } catch (error) {
    if (!isPulihError(error)) throw error
  }
}

async function readSamples(app: App): Promise<readonly SpaceSample[]> {
  try {
    const value = JSON.parse(await readFile(join(app.folders.state, 'space.json'), 'utf8')) as {
      samples?: unknown
    } | null
    return Array.isArray(value?.samples) ? (value.samples as SpaceSample[]) : []
  } catch (error) {
    if (error instanceof SyntaxError || ['ENOENT', 'EACCES'].includes(errnoOf(error) ?? '')) return []
    throw error
  }
}

/** Straight on along the line through all samples; null when they span under a day or the disk is not filling. Pure. */
export function fullInDays(samples: readonly SpaceSample[]): number | null {
  const [first, last] = [samples[0], samples.at(-1)]
  if (first === undefined || last === undefined || last.atMs - first.atMs < day) return null
  const mean = (of: (one: SpaceSample) => number): number =>
    samples.reduce((sum, one) => sum + of(one), 0) / samples.length
  const [meanAt, meanFree] = [mean(({ atMs }) => atMs), mean(({ freeBytes }) => freeBytes)]
  const covariance = samples.reduce((sum, one) => sum + (one.atMs - meanAt) * (one.freeBytes - meanFree), 0)
  const variance = samples.reduce((sum, { atMs }) => sum + (atMs - meanAt) ** 2, 0)
  const lostPerDay = (-covariance / variance) * day
  return lostPerDay > 0 ? Math.floor(last.freeBytes / lostPerDay) : null
}

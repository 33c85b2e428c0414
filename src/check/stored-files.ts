import type { BackupEntry } from '../catalogue/types.ts'
import { note } from '../message/phrases.ts'
import { findingWords } from '../snapshot/finding-text.ts'
import { type Check, type Depth, type Scene, type Verdict, verdictOf } from './check.ts'
import { type Reread, rereadArchives } from './reread.ts'

export interface StoredFilesFacts {
  readonly archives: number
  readonly readNow: number
  readonly readNowBytes: number
  /** Archives that were read to their last byte within the last 30 days, and their share of all in percent. */
  readonly readIn30Days: number
  readonly readIn30DaysPercent: number
  readonly damaged: readonly { readonly name: string; readonly first: { readonly en: string; readonly id: string } }[]
}

const readWithinMs = 30 * 86_400_000
const budgetBytes: Readonly<Record<Depth, number>> = { quick: 100e6, full: 4e9 }

export const storedFiles: Check = {
  name: 'stored-files',
  families: ['stored-file-damaged'],
  async look(scene) {
    const reread = await rereadArchives(scene.app, scene.backups, {
      budgetBytes: budgetBytes[scene.depth],
      onlyDue: scene.depth === 'quick',
      signal: scene.signal,
      progress: scene.progress,
    })
    return judgeStoredFiles(storedFilesFacts(scene, reread))
  },
}

function storedFilesFacts({ backups, nowMs }: Scene, reread: Reread): StoredFilesFacts {
  const { readNow, readNowBytes, times } = reread
  const wasRead = ({ name, proof }: BackupEntry): boolean => {
    const at = Math.max(times[name] ?? 0, proof === null ? 0 : Date.parse(proof.at))
    return nowMs - at <= readWithinMs
  }
  const found = new Map(reread.damaged.map(({ name, findings }) => [name, findings]))
  for (const { name, state, findings } of backups) if (state === 'damaged') found.set(name, findings)
  const readIn30Days = backups.filter((one) => !found.has(one.name) && wasRead(one)).length
  const archives = backups.length
  return {
    ...{ archives, readNow, readNowBytes, readIn30Days },
    readIn30DaysPercent: archives === 0 ? 100 : Math.round((readIn30Days / archives) * 100),
    damaged: [...found].map(([name, [first]]) => ({ name, first: findingWords(first) })),
  }
}

/** A damaged archive is critical, each one an alert of its own: it counts for nothing any more. */
export function judgeStoredFiles(facts: StoredFilesFacts): Verdict {
  const causes = facts.damaged.map(({ name, first }) => {
    const said = note('check.archive-damaged', { name, first })
    return { key: `stored-file-damaged:${name}`, severity: 'critical' as const, note: said }
  })
  const { archives, readIn30DaysPercent } = facts
  return verdictOf(facts, causes, note('check.archives-ok', { archives, readIn30DaysPercent }))
}

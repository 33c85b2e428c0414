import type { App } from '../app/app.ts'
import { type ArchiveReader, openArchive } from '../archive/read.ts'
import type { State } from '../snapshot/manifest.ts'
import { type Chosen, choose, requireUsable, stateOf } from './choose.ts'
import type { RestoreRequest } from './plan-types.ts'

/** What the plan needs of one archive; it stays open while this is used. */
export interface Opened extends AsyncDisposable {
  readonly chosen: Chosen
  readonly reader: ArchiveReader
  readonly state: State
  /** When the state in it was captured; null when nothing says it. */
  readonly capturedMs: number | null
}

/** Chooses an archive and opens it; throws what choosing and opening throw, and restore.damaged, restore.unsafe. */
export async function openChosen(app: App | null, request: RestoreRequest): Promise<Opened> {
  const chosen = await choose(app, request)
  const reader = await openArchive(chosen.path)
  try {
    requireUsable(reader, chosen, request.only ?? [])
    return {
      chosen,
      reader,
      state: await stateOf(reader, chosen),
      capturedMs: capturedOf(reader, chosen),
      [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
    }
  } catch (error) {
    await reader[Symbol.asyncDispose]()
    throw error
  }
}

function capturedOf({ manifest, legacy }: ArchiveReader, { entry }: Chosen): number | null {
  const captured = manifest === null ? Number.NaN : Date.parse(manifest.capture.to)
  if (!Number.isNaN(captured)) return captured
  return legacy?.createdMs ?? entry?.createdMs ?? null
}

/** A thread that seals batches; `sealers.ts` starts it. */
import { parentPort, workerData } from 'node:worker_threads'
import { type Keys, Sealer } from '../format/restic/seal.ts'
import type { Version } from '../format/restic/unpacked.ts'
import { type PlainBatch, sealBatch } from './seal-batch.ts'

const { keys, version } = workerData as { readonly keys: Keys; readonly version: Version }
const sealer = new Sealer(keys)

parentPort?.on('message', (batch: PlainBatch) => {
  const sealed = sealBatch(sealer, version, batch)
  parentPort?.postMessage(sealed, [sealed.bytes.buffer])
})

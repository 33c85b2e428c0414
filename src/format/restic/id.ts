import { hash } from 'node:crypto'
import { invalid } from './fault.ts'

/** 64 lower-case hex digits: the SHA-256 of a blob's plaintext or of a file as stored. */
export type Id = string & { readonly brand: 'restic-id' }

const form = /^[0-9a-f]{64}$/

export function isId(text: unknown): text is Id {
  return typeof text === 'string' && form.test(text)
}

/** Throws RepositoryFault for anything but 64 lower-case hex digits. */
export function parseId(text: unknown): Id {
  if (isId(text)) return text
  throw invalid(`not an id: ${JSON.stringify(text)?.slice(0, 80)}`)
}

export function idOf(bytes: Uint8Array): Id {
  return hash('sha256', bytes, 'hex') as Id
}

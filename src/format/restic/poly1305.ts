import * as crypto from 'node:crypto'
import { poly1305 as portable } from '@noble/ciphers/_poly1305.js'

interface Mac {
  update(data: Uint8Array): Mac
  final(): Buffer
}
type CreateMac = (algorithm: 'poly1305', key: Uint8Array) => Mac

/** Node has it from 26.9 on; the types of 24 do not know it. */
const createMac = (crypto as unknown as { readonly createMac?: CreateMac }).createMac

/** The 16-byte Poly1305 tag under a 32-byte one-time key `r || s`; r is clamped here. */
export const poly1305: (message: Uint8Array, key: Uint8Array) => Uint8Array =
  createMac === undefined ? portable : (message, key) => createMac('poly1305', key).update(message).final()

export { portable as portablePoly1305 }

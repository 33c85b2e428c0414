import { type Cipheriv, createCipheriv, createDecipheriv, randomFillSync, timingSafeEqual } from 'node:crypto'
import { RepositoryFault } from './fault.ts'
import { poly1305 } from './poly1305.ts'

/** Sealed bytes are this much longer than the plaintext: nonce (16) and tag (16). */
export const sealOverhead = 32

/** The three keys of one level: a password's, or the repository's own. */
export interface Keys {
  /** AES-256, 32 bytes. */
  readonly encrypt: Uint8Array
  /** AES-128 key that turns the nonce into Poly1305's s, 16 bytes. */
  readonly macK: Uint8Array
  /** Poly1305's r as stored, not clamped, 16 bytes. */
  readonly macR: Uint8Array
}

/**
 * AES-256-CTR with Poly1305-AES: `nonce (16) || ciphertext || tag (16)`. The tag is over the ciphertext only; the nonce
 * enters through s = AES-128(k, nonce). doc/format-vault.md has the construction step by step.
 */
export class Sealer {
  readonly #keys: Keys
  readonly #block: Cipheriv
  readonly #oneTime = Buffer.alloc(32)

  constructor(keys: Keys) {
    this.#keys = keys
    this.#block = createCipheriv('aes-128-ecb', keys.macK, null).setAutoPadding(false)
    this.#oneTime.set(keys.macR, 0)
  }

  /** `nonce` only in tests; a nonce must never be used twice. */
  seal(plain: Uint8Array, nonce?: Uint8Array): Buffer {
    const sealed = Buffer.allocUnsafe(plain.length + sealOverhead)
    if (nonce === undefined) fillNonce(sealed)
    else sealed.set(nonce, 0)
    const cipher = createCipheriv('aes-256-ctr', this.#keys.encrypt, sealed.subarray(0, 16))
    sealed.set(cipher.update(plain), 16)
    const tagAt = sealed.length - 16
    sealed.set(this.#tag(sealed.subarray(0, 16), sealed.subarray(16, tagAt)), tagAt)
    return sealed
  }

  /** Throws RepositoryFault `sealed` when the tag does not fit; only then is anything decrypted. */
  open(sealed: Uint8Array): Buffer {
    if (sealed.length < sealOverhead) throw new RepositoryFault('sealed', `only ${sealed.length} bytes`)
    const nonce = sealed.subarray(0, 16)
    if (nonce.every((byte) => byte === 0)) throw new RepositoryFault('sealed', 'the nonce is all zero')
    const ciphertext = sealed.subarray(16, sealed.length - 16)
    if (!timingSafeEqual(this.#tag(nonce, ciphertext), sealed.subarray(sealed.length - 16)))
      throw new RepositoryFault('sealed', 'the authentication tag does not fit: wrong key or changed bytes')
    return createDecipheriv('aes-256-ctr', this.#keys.encrypt, nonce).update(ciphertext)
  }

  #tag(nonce: Uint8Array, ciphertext: Uint8Array): Uint8Array {
    this.#oneTime.set(this.#block.update(nonce), 16)
    return poly1305(ciphertext, this.#oneTime)
  }
}

function fillNonce(sealed: Buffer): void {
  do randomFillSync(sealed, 0, 16)
  while (sealed.subarray(0, 16).every((byte) => byte === 0))
}

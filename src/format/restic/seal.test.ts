import assert from 'node:assert/strict'
import { createCipheriv } from 'node:crypto'
import { test } from 'node:test'
import { RepositoryFault } from './fault.ts'
import { poly1305, portablePoly1305 } from './poly1305.ts'
import { Sealer } from './seal.ts'
import { exampleKeys, range } from './vectors/example.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

const poly1305Aes = [
  {
    message: 'f3f6',
    r: '851fc40c3467ac0be05cc20404f3f700',
    k: 'ec074c835580741701425b623235add6',
    nonce: 'fb447350c4e868c52ac3275cf9d4327e',
    tag: 'f4c633c3044fc145f84f335cb81953de',
  },
  {
    message: '',
    r: 'a0f3080000f46400d0c7e9076c834403',
    k: '75deaa25c09f208e1dc4ce6b5cad3fbf',
    nonce: '61ee09218d29b0aaed7e154a2c5509cc',
    tag: 'dd3fab2251f11ac759f0887129cc2ee7',
  },
  {
    message: '663cea190ffb83d89593f3f476b6bc24d7e679107ea26adb8caf6652d0656136',
    r: '48443d0bb0d21109c89a100b5ce2c208',
    k: '6acb5f61a7176dd320c5c1eb2edcdc74',
    nonce: 'ae212a55399729595dea458bc621ff0e',
    tag: '0ee1c16bb73f0f4fd19881753c01cdbe',
  },
]

test('both Poly1305 implementations give the tags of the Poly1305-AES paper', () => {
  for (const vector of poly1305Aes) {
    const s = createCipheriv('aes-128-ecb', hex(vector.k), null).update(hex(vector.nonce))
    const key = Buffer.concat([hex(vector.r), s])
    assert.equal(Buffer.from(poly1305(hex(vector.message), key)).toString('hex'), vector.tag)
    assert.equal(Buffer.from(portablePoly1305(hex(vector.message), key)).toString('hex'), vector.tag)
  }
})

test('both Poly1305 implementations agree on keys that are not clamped, at every length around a block', () => {
  for (let length = 0; length < 70; length++) {
    const key = Buffer.alloc(32, 0xff - length)
    const message = Buffer.alloc(length, length)
    assert.deepEqual(Buffer.from(poly1305(message, key)), Buffer.from(portablePoly1305(message, key)))
  }
})

test('sealing gives the known bytes and opens again', () => {
  const sealer = new Sealer(exampleKeys)
  const sealed = sealer.seal(Buffer.from('hello restic'), range(0x40, 16))
  assert.equal(
    sealed.toString('hex'),
    '404142434445464748494a4b4c4d4e4fcb1bb353f87ac88ae00f0ba4818f299f0076bb28b1499f7278ed527b',
  )
  assert.equal(sealer.open(sealed).toString(), 'hello restic')
  const empty = sealer.seal(Buffer.alloc(0), range(0x40, 16))
  assert.equal(empty.toString('hex'), '404142434445464748494a4b4c4d4e4f859469c07743c7e45b318d151d3d87e9')
})

test('a changed bit anywhere, a cut end and an all-zero nonce are refused', () => {
  const sealer = new Sealer(exampleKeys)
  const sealed = sealer.seal(Buffer.from('twelve wallets'))
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] as number) ^ 1
    assert.throws(() => sealer.open(changed), RepositoryFault)
  }
  assert.throws(() => sealer.open(sealed.subarray(0, -1)), RepositoryFault)
  assert.throws(() => sealer.open(sealed.subarray(0, 31)), RepositoryFault)
  assert.throws(() => sealer.open(sealer.seal(Buffer.from('x'), Buffer.alloc(16))), /all zero/)
})

test('two seals of the same bytes share no nonce', () => {
  const sealer = new Sealer(exampleKeys)
  const [a, b] = [sealer.seal(Buffer.from('same')), sealer.seal(Buffer.from('same'))]
  assert.notDeepEqual(a.subarray(0, 16), b.subarray(0, 16))
})

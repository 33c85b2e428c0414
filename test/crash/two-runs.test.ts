import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { pulih, pulihJson } from '../fixture/pulih.ts'
import { makeApp, type ScratchApp } from '../fixture/scratch-app.ts'
import { tempFolder } from '../fixture/temp-folder.ts'

interface Made {
  readonly name: string
  readonly state: string
}

describe('several runs at once', () => {
  const folder = tempFolder()
  let app: ScratchApp
  before(() => {
    app = makeApp(folder.join('app'))
  })
  after(() => folder[Symbol.dispose]())

  test('backups started together wait for each other: each is whole, each has a name of its own', async () => {
    const made = await Promise.all([1, 2, 3].map(() => pulihJson<Made>(['backup', '--dir', app.path], { exits: [0] })))
    assert.deepEqual(
      made.map((one) => one.state),
      ['proven', 'proven', 'proven'],
    )
    const { backups } = await pulihJson<{ backups: Made[] }>(['list', '--dir', app.path])
    assert.equal(new Set(made.map((one) => one.name)).size, 3)
    assert.deepEqual(new Set(backups.map((one) => one.name)), new Set(made.map((one) => one.name)))
  })

  test('one that will not wait says who is busy and ends with 5', async () => {
    const ended = await Promise.all([1, 2, 3, 4].map(() => pulih(['backup', '--wait', '0s', '--dir', app.path])))
    const codes = ended.map((one) => one.code)
    assert.ok(codes.includes(0), String(codes))
    assert.ok(
      codes.every((code) => code === 0 || code === 5),
      String(codes),
    )
    const busy = ended.find((one) => one.code === 5)
    if (busy !== undefined) assert.match(busy.stderr, /running/)
  })
})

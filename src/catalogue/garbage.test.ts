import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { bareApp } from '../../test/fixture/bare-app.ts'
import { tempFolder } from '../../test/fixture/temp-folder.ts'
import { history, recordAct } from './history.ts'
import { markPath, readMark } from './marks.ts'

const anything = fc.oneof(fc.json(), fc.string(), fc.string({ unit: 'binary' }))
const likeLines = fc.record(
  {
    event: fc.constantFrom('begin', 'end', 'other'),
    id: fc.constantFrom('a', 'b', 1, null),
    act: fc.oneof(fc.constant('backup'), fc.jsonValue()),
    at: fc.oneof(fc.constant('2025-08-02T12:00:00.000+07:00'), fc.jsonValue()),
    process: fc.oneof(fc.constant('1-1'), fc.jsonValue()),
    outcome: fc.oneof(fc.constantFrom('done', 'failed'), fc.jsonValue()),
    error: fc.jsonValue(),
    facts: fc.jsonValue(),
  },
  { requiredKeys: [] },
)

test('whatever stands in the history file, reading it gives acts of the right shape, and the real ones among them', async () => {
  const lines = fc.array(
    fc.oneof(
      anything,
      likeLines.map((line) => JSON.stringify(line)),
    ),
    { maxLength: 12 },
  )
  await fc.assert(
    fc.asyncProperty(lines, async (noise) => {
      using folder = tempFolder()
      const app = bareApp(folder.path)
      mkdirSync(app.folders.state, { recursive: true })
      writeFileSync(`${app.folders.state}/history.jsonl`, noise.join('\n'))
      await recordAct(app, 'verify', { mine: true }, async () => 1)
      const acts = await history(app)
      assert.equal(acts[0]?.facts.mine, true)
      for (const { id, started, outcome, facts, error } of acts) {
        assert.ok(typeof id === 'string' && typeof started === 'string' && typeof facts === 'object')
        assert.ok(['running', 'done', 'failed', 'interrupted', 'cancelled'].includes(outcome))
        assert.ok(error === null || typeof error.message === 'string')
      }
    }),
    { numRuns: 60 },
  )
})

test('whatever stands in a mark, it reads as a mark', async () => {
  using folder = tempFolder()
  const archive = folder.join('backup_x.zip')
  const likeMarks = fc.record({ proof: fc.jsonValue(), pinned: fc.jsonValue(), damage: fc.jsonValue() })
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        anything,
        likeMarks.map((mark) => JSON.stringify(mark)),
      ),
      async (text) => {
        writeFileSync(markPath(archive), text)
        const { version, proof, pinned, damage } = await readMark(archive)
        assert.equal(version, 1)
        assert.ok(proof === null || typeof proof.manifestSha256 === 'string')
        assert.ok(pinned === null || typeof pinned.at === 'string')
        assert.ok(damage === null || Array.isArray(damage.findings))
      },
    ),
    { numRuns: 300 },
  )
})

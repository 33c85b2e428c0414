import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entryOf } from '../../test/fixture/entries.ts'
import { defaultConfig } from '../app/config-file.ts'
import type { BackupEntry } from '../catalogue/types.ts'
import { planRetention } from './plan.ts'
import { policyOf } from './policy.ts'

const day = 86_400_000
const types = [
  'scheduled',
  'startup',
  'shutdown',
  'manual',
  'asset_operation',
  'pre_migration',
  'pre_deployment',
  'critical_operation',
]
const policy = policyOf(defaultConfig())
const archiveFolder = '/app/backups/archives'

/** The same numbers for the same seed, so that a failure can be seen again. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 1 | state) + 0x6d2b79f5) | 0
    const mixed = state ^ (state + Math.imul(state ^ (state >>> 7), 61 | state))
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** One app over the years: what really happens, a clock that may be wrong, and what is on its disk. */
class World {
  readonly #random: () => number
  #backups: BackupEntry[] = []
  #sequence = 0
  #realMs = Date.parse('2024-01-01T02:00:00+07:00')
  #clockOffMs = 0
  /** Most files in the backup folder at any time, but for those with dates in the future and pins. */
  most = 0
  removed = 0

  constructor(seed: number) {
    this.#random = randomFrom(seed)
  }

  liveOneDay(): void {
    this.#realMs += day
    if (this.#chance(0.01)) this.#moveClock()
    if (this.#chance(0.05)) this.#corruptOne()
    if (this.#chance(0.03)) return
    this.#backUp('scheduled')
    const restarts = this.#chance(0.05) ? 10 : this.#chance(0.3) ? 1 : 0
    for (let count = 0; count < restarts; count++) this.#backUp('startup')
    if (this.#chance(0.01)) for (let count = 0; count < 60; count++) this.#backUp('asset_operation')
    if (this.#chance(0.2)) this.#backUp(types[Math.floor(this.#random() * types.length)] as string)
  }

  #backUp(type: string): void {
    this.#realMs += 60_000
    // A failed run leaves nothing in the folder; it is only in the history.
    if (this.#chance(0.05)) return
    this.#sequence++
    const state = this.#chance(0.9) ? 'proven' : this.#chance(0.5) ? 'stored' : 'damaged'
    const createdMs = this.#realMs + this.#clockOffMs
    this.#backups.push(entryOf({ type, sequence: this.#sequence, createdMs, state, pinned: this.#chance(0.002) }))
    this.#applyRetention()
  }

  /** Half the time to where it was, else a year away; also while it is wrong already. */
  #moveClock(): void {
    this.#clockOffMs = this.#chance(0.5) ? 0 : (this.#chance(0.5) ? 365 : -365) * day
  }

  #corruptOne(): void {
    const at = Math.floor(this.#random() * this.#backups.length)
    const one = this.#backups[at]
    if (one !== undefined) this.#backups[at] = { ...one, state: 'damaged', proof: null }
  }

  #applyRetention(): void {
    const nowMs = this.#realMs + this.#clockOffMs
    const facts = { nowMs, zone: 'Asia/Jakarta', namedByPlans: new Set<string>(), archiveFolder }
    const plan = planRetention(this.#backups, policy, facts)
    // One run in ten dies half way: any part of the plan may have been carried out.
    const cut = this.#chance(0.1)
    const isDone = (): boolean => !cut || this.#chance(0.5)
    const gone = new Set(plan.removed.filter(isDone).map(({ path }) => path))
    const moved = new Set(plan.archived.filter(isDone).map(({ path }) => path))
    this.#check(gone)
    this.removed += gone.size
    this.#backups = this.#backups
      .filter((one) => !gone.has(one.path))
      .map((one) => (moved.has(one.path) ? { ...one, path: `${archiveFolder}/${one.name}.zip` } : one))
    const near = this.#backups.filter((one) => !one.path.startsWith(archiveFolder) && !one.pinned)
    this.most = Math.max(this.most, near.filter((one) => one.createdMs <= nowMs).length)
  }

  #check(gone: ReadonlySet<string>): void {
    const proven = this.#backups.filter((one) => one.state === 'proven').sort((a, b) => b.sequence - a.sequence)
    for (const one of proven.slice(0, 2)) assert.ok(!gone.has(one.path), `${one.name} is one of the two newest proven`)
    for (const one of this.#backups) assert.ok(!(one.pinned && gone.has(one.path)), `${one.name} is pinned`)
    for (const [type, list] of Map.groupBy(proven, (one) => one.type)) {
      for (const one of list.slice(0, 2)) assert.ok(!gone.has(one.path), `${one.name} is one of the two newest ${type}`)
    }
    const days = Map.groupBy(proven, (one) => one.created.slice(0, 10))
    for (const key of [...days.keys()].sort().reverse().slice(0, 2)) {
      const whole = days.get(key) as BackupEntry[]
      assert.ok(!whole.every((one) => gone.has(one.path)), `nothing is left of ${key}`)
    }
  }

  #chance(of: number): boolean {
    return this.#random() < of
  }
}

test('a thousand days of failures, restarts, corruption, floods and clock moves lose neither of the two newest proven', () => {
  for (let seed = 1; seed <= 3; seed++) {
    const world = new World(seed)
    for (let count = 0; count < 1000; count++) world.liveOneDay()
    assert.ok(world.removed > 500, `seed ${seed}: retention removed only ${world.removed}`)
    assert.ok(world.most < 200, `seed ${seed}: the folder grew to ${world.most} backups`)
  }
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { manualClock } from './manual.ts'

describe('manual clock', () => {
  it('wakes sleepers in the order of their moments, each at its own moment', async () => {
    const clock = manualClock(1000)
    const woken: string[] = []
    const sleeps = [
      clock.sleep(20).then(() => woken.push(`b ${clock.now()}`)),
      clock.sleep(10).then(() => woken.push(`a ${clock.now()}`)),
    ]
    await clock.advance(15)
    assert.deepEqual(woken, ['a 1010'])
    await clock.advance(15)
    await Promise.all(sleeps)
    assert.deepEqual(woken, ['a 1010', 'b 1020'])
    assert.equal(clock.now(), 1030)
  })

  it('lets a loop that sleeps again and again run through one long stretch', async () => {
    const clock = manualClock(0)
    let turns = 0
    const loop = (async () => {
      while (turns < 5) {
        await clock.sleep(10)
        turns++
      }
    })()
    await clock.advance(100)
    await loop
    assert.equal(turns, 5)
  })

  it('moves the wall without moving steady time', () => {
    const clock = manualClock(5000)
    clock.setWall(1)
    assert.deepEqual([clock.now(), clock.steady()], [1, 0])
  })

  it('rejects a sleep with the reason of its signal and forgets it', async () => {
    const clock = manualClock(0)
    const stop = new AbortController()
    const sleeping = clock.sleep(10, stop.signal)
    stop.abort(new Error('enough'))
    await assert.rejects(sleeping, /enough/)
    assert.equal(clock.sleepers, 0)
    await assert.rejects(clock.sleep(1, stop.signal), /enough/)
  })
})

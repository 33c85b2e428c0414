import { existsSync, readFileSync } from 'node:fs'
import { openApp } from '../../src/app/open.ts'
import { runSlot, slotDue } from '../../src/daemon/timetable.ts'
import { systemClock } from '../../src/time/clock.ts'

/** The daemon's turn over the timetable, on the clock of a file: `node timetable-child.ts APP CLOCK`. Ends with its stdin. */
const [dir = '', clockFile = ''] = process.argv.slice(2)
process.stdin.on('end', () => process.exit(0)).resume()

let known = 0
/** A clock file caught while it is replaced: the time of a moment ago holds. */
function now(): number {
  if (existsSync(clockFile)) known = Number(readFileSync(clockFile, 'utf8')) || known
  return known
}

const app = await openApp({ dir, clock: { ...systemClock, now } })
process.stdout.write('ready\n')
for (;;) {
  const slot = await slotDue(app)
  if (slot !== null) await runSlot(app, slot, {})
  await systemClock.sleep(5)
}

import { PulihError } from '../error.ts'
import { isoWithOffset } from '../time/zone.ts'

const shape = /^(\d{4})-?(\d\d)-?(\d\d)(?:[T _](\d\d):?(\d\d)(?::?(\d\d)(?:\.\d+)?)?)?(Z|[+-]\d\d:?\d\d)?$/

/**
 * A moment as a person writes it: `2025-08-02 12:00`, ISO with or without offset, or the stamp of a backup's name. Without an
 * offset it is local time in `zone`; a bare day means its end. Throws restore.time (exit 2).
 */
export function parseMoment(text: string, zone: string): number {
  const match = shape.exec(text.trim())
  if (match === null) throw new PulihError('restore.time', { found: text })
  const [, year, month, day, hour = '23', minute = '59', second, offset] = match
  const isDay = match[4] === undefined
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second ?? (isDay ? '59' : '00')}`
  const utc = Date.parse(`${local}Z`)
  // Date.parse takes a 30 February for 2 March.
  if (Number.isNaN(utc) || new Date(utc).getUTCDate() !== Number(day))
    throw new PulihError('restore.time', { found: text })
  return offset === undefined ? fromLocal(utc, zone) : utc - offsetMs(offset)
}

/** Twice: the first guess may lie on the other side of a change of the clocks. */
function fromLocal(utc: number, zone: string): number {
  const guess = utc - offsetMs(isoWithOffset(utc, zone).slice(-6))
  return utc - offsetMs(isoWithOffset(guess, zone).slice(-6))
}

function offsetMs(offset: string): number {
  if (offset === 'Z') return 0
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(-2))]
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

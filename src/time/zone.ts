/** Local time in an IANA zone, by Intl alone (no Temporal on Node 24). Formatters are kept: making one costs 10 ms. */

interface LocalTime {
  readonly year: string
  readonly month: string
  readonly day: string
  readonly hour: string
  readonly minute: string
  readonly second: string
  /** Ahead of UTC. */
  readonly offsetMinutes: number
}

/** The stamp in a backup's name: `20250802_120000`. */
export function localStamp(ms: number, zone: string): string {
  const t = localTime(ms, zone)
  return `${t.year}${t.month}${t.day}_${t.hour}${t.minute}${t.second}`
}

/** ISO 8601 with milliseconds and offset: `2025-08-02T12:00:00.123+07:00`. */
export function isoWithOffset(ms: number, zone: string): string {
  const t = localTime(ms, zone)
  const fraction = String(new Date(ms).getUTCMilliseconds()).padStart(3, '0')
  return `${t.year}-${t.month}-${t.day}T${t.hour}:${t.minute}:${t.second}.${fraction}${offsetText(t.offsetMinutes)}`
}

/** As the founding log lines begin: `2025-08-02 12:00:00`. */
export function logStamp(ms: number, zone: string): string {
  const t = localTime(ms, zone)
  return `${t.year}-${t.month}-${t.day} ${t.hour}:${t.minute}:${t.second}`
}

/** The calendar day there: `2025-08-02`. */
export function localDay(ms: number, zone: string): string {
  const t = localTime(ms, zone)
  return `${t.year}-${t.month}-${t.day}`
}

/** Minutes since local midnight by the wall clock there (0–1439): for quiet hours and the like. */
export function minuteOfDay(ms: number, zone: string): number {
  const t = localTime(ms, zone)
  return Number(t.hour) * 60 + Number(t.minute)
}

/** True for a named zone such as `Asia/Jakarta` or `UTC`; false for a bare offset: it knows no daylight saving. */
export function isZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    formatterOf(name)
    return true
  } catch {
    return false // Intl's only way to say "unknown zone"
  }
}

/** The system's zone; UTC when the system names one that nobody knows. */
export function systemZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'
}

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone)
  if (known !== undefined) return known
  const formatter = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  formatters.set(zone, formatter)
  return formatter
}

// One regular expression over `08/02/2025, 12:00:00` is several times faster than formatToParts.
const usDate = /^(\d+)\/(\d+)\/(\d+), (\d+):(\d+):(\d+)$/

function localTime(ms: number, zone: string): LocalTime {
  const match = usDate.exec(formatterOf(zone).format(ms))
  if (match === null) throw new RangeError(`no local time for ${ms} in ${zone}`)
  const [, month = '', day = '', year = '', hour = '', minute = '', second = ''] = match
  const asUtc = Date.UTC(+year, +month - 1, +day, +hour, +minute, +second)
  const offsetMinutes = Math.round((asUtc - Math.floor(ms / 1000) * 1000) / 60_000)
  return { year: year.padStart(4, '0'), month, day, hour, minute, second, offsetMinutes }
}

function offsetText(minutes: number): string {
  const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`
}

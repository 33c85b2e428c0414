import { posix } from 'node:path'
import type { Language } from '../message/sentence.ts'
import { parseDuration } from '../time/duration.ts'
import { isZone } from '../time/zone.ts'
import { choice, oneOrMany, required, type Shape, section, text, textOrNumber, textual, wrong } from './config-shape.ts'

/** The texts of the configuration that mean something: times, durations, paths, addresses. */

export const language: Shape<Language> = choice('id', 'en')

export const zone: Shape<string> = textual({ kind: 'zone' }, {}, (value) => (isZone(value) ? value : null))

/** `2:00` is read as `02:00`. */
export const timeOfDay: Shape<string> = textual(
  { kind: 'time' },
  { pattern: '^([01]?\\d|2[0-3]):[0-5]\\d$' },
  parseTime,
)

function parseTime(value: string): string | null {
  return /^([01]?\d|2[0-3]):[0-5]\d$/.test(value) ? value.padStart(5, '0') : null
}

const weekdays: readonly RegExp[] = [
  /^(sun(day)?|minggu|ahad)$/,
  /^(mon(day)?|senin)$/,
  /^(tue(s|sday)?|selasa)$/,
  /^(wed(nesday)?|rabu)$/,
  /^(thu(r|rs|rsday)?|kamis)$/,
  /^(fri(day)?|jum'?at)$/,
  /^(sat(urday)?|sabtu)$/,
]

/** `Sunday 03:00`, in either language; 0 is Sunday. */
export const weeklyTime: Shape<{ readonly weekday: number; readonly time: string }> = textual(
  { kind: 'weekly' },
  { pattern: "^[A-Za-z']+ +\\d?\\d:\\d\\d$" },
  (value) => {
    const [day = '', clock = ''] = value.trim().toLowerCase().split(/\s+/)
    const weekday = weekdays.findIndex((one) => one.test(day))
    const time = parseTime(clock)
    return weekday < 0 || time === null ? null : { weekday, time }
  },
)

/** Milliseconds. */
export const duration: Shape<number> = textOrNumber(
  { kind: 'duration' },
  { pattern: '^\\s*(\\d+(\\.\\d+)?|(\\d+(\\.\\d+)?\\s*[smhdwSMHDW]\\s*)+)\\s*$', minimum: 0 },
  parseDuration,
)

/**
 * A path below the app's folder, normalised. Absolute paths and `..` are refused: an archive knows a file by its path
 * in the app, and a recovery never writes outside its target.
 */
export const pathInside: Shape<string> = textual({ kind: 'path-inside' }, { minLength: 1 }, (value) => {
  if (value.trim() === '' || value.includes('\0') || value.startsWith('/') || value.startsWith('~')) return null
  const normal = posix.normalize(value).replace(/\/$/, '')
  return normal === '.' || normal === '..' || normal.startsWith('../') ? null : normal
})

/** A folder of pulih's own: below the app's folder or anywhere else. */
export const folder: Shape<string> = textual({ kind: 'folder' }, { minLength: 1 }, (value) =>
  value.trim() === '' || value.includes('\0') || value.startsWith('~') ? null : value,
)

export const url: Shape<string> = textual({ kind: 'url' }, { pattern: '^https?://' }, (value) =>
  /^https?:\/\//i.test(value) && URL.canParse(value) ? value : null,
)

/** A Telegram chat: its number (as text from here on) or `@name`. */
export const chat: Shape<string> = textOrNumber({ kind: 'chat' }, { pattern: '^(-?\\d{1,20}|@\\w{4,})$' }, (value) =>
  /^(-?\d{1,20}|@\w{4,})$/.test(value) ? value : null,
)

/** restic's own notation; only the kinds pulih can reach. */
export const repository: Shape<string> = textual({ kind: 'repository' }, { minLength: 1 }, (value) =>
  /^(\/.|\.{1,2}\/.|s3:.+\/.|sftp:.+|rest:https?:\/\/.+|rclone:[^:]+:)/.test(value) ||
  /^[\w.-]+(\/|$)[^:]*$/.test(value)
    ? value
    : null,
)

/** A query whose rows are violations; it runs on pulih's own read-only copy. */
export const sql: Shape<string> = textual({ kind: 'sql' }, { minLength: 1 }, (value) => {
  const bare = value.replace(/^(\s+|--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/)+/, '')
  return /^(select|with|values|pragma)\b/i.test(bare) ? value : null
})

const hoursSection = section({ from: required(timeOfDay), to: required(timeOfDay) })

/** `22:00-06:00` or `{from, to}`. */
export const hours: Shape<{ readonly from: string; readonly to: string }> = {
  allowed: { kind: 'hours' },
  schema: (about, key) => ({
    anyOf: [{ type: 'string', pattern: '^\\d?\\d:\\d\\d ?[-–] ?\\d?\\d:\\d\\d$' }, hoursSection.schema(about, key)],
  }),
  read(node, key, reading) {
    if (node.kind === 'object') return hoursSection.read(node, key, reading)
    const [from, to] = node.kind === 'text' ? node.value.split(/ ?[-–] ?/).map(parseTime) : []
    return from == null || to == null ? wrong(node, key, { kind: 'hours' }, reading) : { from, to }
  },
}

/** One address or several. */
export const addresses = oneOrMany(text)

export const envValue: Shape<string> = textual({ kind: 'text' }, {}, (value) => value)

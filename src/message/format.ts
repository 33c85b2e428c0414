/** Numbers, sizes, spans and times as a person reads them, in both languages. Formatters are made on first use. */
import type { Language } from './sentence.ts'

const locales = { en: 'en-GB', id: 'id-ID' } as const
const unitWords = {
  en: { day: 'd', hour: 'h', minute: 'min', second: 's' },
  id: { day: 'hari', hour: 'jam', minute: 'mnt', second: 'dtk' },
} as const
const steps = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const

const numberFormats = new Map<string, Intl.NumberFormat>()
const dateFormats = new Map<string, Intl.DateTimeFormat>()

/** `1,234,567` · `1.234.567`; at most `digits` decimals (0 unless told). */
export function number(value: number | bigint, language: Language, digits = 0): string {
  const key = `${language}${digits}`
  let format = numberFormats.get(key)
  if (format === undefined) {
    format = new Intl.NumberFormat(locales[language], { maximumFractionDigits: digits })
    numberFormats.set(key, format)
  }
  return format.format(value)
}

/** Decimal sizes, as disks are sold: `52.3 MB` · `52,3 MB`. */
export function bytes(value: number, language: Language): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let size = value
  let unit = 0
  while (Math.abs(size) >= 999.95 && unit < units.length - 1) {
    size /= 1000
    unit++
  }
  return `${number(size, language, unit === 0 || Math.abs(size) >= 100 ? 0 : 1)} ${units[unit]}`
}

/** `45.2%` · `45,2%`. */
export function percent(value: number, language: Language): string {
  return `${number(value, language, 1)}%`
}

/** A span in its two largest units: `0.4 s`, `3 min 20 s` · `0,4 dtk`, `3 mnt 20 dtk`. */
export function duration(ms: number, language: Language): string {
  const words = unitWords[language]
  // Also for what is no number at all: a sentence must come out.
  if (!(ms >= 9_950)) return `${number(ms / 1000, language, ms < 100 ? 2 : 1)} ${words.second}`
  const whole = Math.round(ms / 1000) * 1000
  const first = steps.findIndex(([, size]) => whole >= size)
  const [unit, size] = steps[first]!
  const head = `${number(Math.floor(whole / size), language)} ${words[unit]}`
  const next = steps[first + 1]
  const rest = next === undefined ? 0 : Math.floor((whole % size) / next[1])
  return rest === 0 || next === undefined ? head : `${head} ${rest} ${words[next[0]]}`
}

/** An age in ms: `3 min ago` · `3 mnt lalu`; under a second it is `just now` · `baru saja`. */
export function ago(ms: number, language: Language): string {
  if (ms < 1000) return language === 'id' ? 'baru saja' : 'just now'
  const [unit, size] = steps.find(([, step]) => ms >= step) ?? steps[3]
  const count = number(Math.floor(ms / size), language)
  return `${count} ${unitWords[language][unit]} ${language === 'id' ? 'lalu' : 'ago'}`
}

/** `2 Aug 2025, 12:00:05` · `2 Agu 2025, 12.00.05`, in the given IANA zone. */
export function dateTime(ms: number, zone: string, language: Language): string {
  const key = `${language}${zone}`
  let format = dateFormats.get(key)
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locales[language], { dateStyle: 'medium', timeStyle: 'medium', timeZone: zone })
    dateFormats.set(key, format)
  }
  return format.format(ms)
}

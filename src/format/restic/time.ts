import { invalid } from './fault.ts'

const form = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/

/** RFC 3339 in UTC as Go writes it: trailing zeros of the fraction gone, no fraction when zero. */
export function goTime(ms: number, nanos = 0): string {
  const iso = new Date(ms).toISOString()
  const fraction = `${iso.slice(20, 23)}${String(nanos).padStart(6, '0')}`.replace(/0+$/, '')
  return `${iso.slice(0, 19)}${fraction === '' ? '' : `.${fraction}`}Z`
}

/** Milliseconds since the epoch, with the part below a millisecond kept as a fraction where a double can hold it. */
export function parseGoTime(text: string): number {
  const match = form.exec(text)
  if (match === null) throw invalid(`not a time: ${text.slice(0, 60)}`)
  const ms = Date.parse(`${text.slice(0, 19)}${match[8]}`)
  if (Number.isNaN(ms)) throw invalid(`not a time: ${text.slice(0, 60)}`)
  return ms + Number(`0.${match[7] ?? '0'}`) * 1000
}

/** Rewrites an ISO time with offset the way Go prints it: the offset stays. */
export function normalTime(iso: string): string {
  const match = form.exec(iso)
  if (match === null) throw invalid(`not a time: ${iso.slice(0, 60)}`)
  const fraction = (match[7] ?? '').replace(/0+$/, '')
  const offset = match[8] === '+00:00' || match[8] === '-00:00' ? 'Z' : match[8]
  return `${iso.slice(0, 19)}${fraction === '' ? '' : `.${fraction}`}${offset}`
}

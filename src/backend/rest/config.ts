import { PulihError } from '../../error.ts'
import { RestBackend } from './rest.ts'
import { sendByFetch } from './send.ts'

/** `rest:http(s)://[user:password@]host[:port]/[path/]`; user and password also from RESTIC_REST_USERNAME, _PASSWORD. */
export function openRest(notation: string, env: Readonly<Record<string, string | undefined>>): RestBackend {
  const url = parseUrl(notation)
  const user = decodeURIComponent(url.username) || env.RESTIC_REST_USERNAME || ''
  const password = decodeURIComponent(url.password) || env.RESTIC_REST_PASSWORD || ''
  url.username = ''
  url.password = ''
  const base = url.href.endsWith('/') ? url.href : `${url.href}/`
  const authorization = user === '' ? null : `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  return new RestBackend({ place: `rest:${base}`, base, authorization, send: sendByFetch })
}

function parseUrl(notation: string): URL {
  const text = notation.slice('rest:'.length)
  const url = URL.parse(text)
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '')
    throw new PulihError('backend.notation', { notation: hidden(notation), detail: 'expected rest:https://host/path/' })
  return url
}

function hidden(notation: string): string {
  return notation.replace(/:\/\/[^@/]*@/, '://••••@')
}

import { PulihError } from '../../error.ts'
import { sendByFetch } from '../rest/send.ts'
import { S3Backend } from './s3.ts'

type Env = Readonly<Record<string, string | undefined>>

/**
 * `s3:https://host/bucket/prefix` or `s3:host/bucket/prefix`. Keys from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
 * AWS_SESSION_TOKEN; region from AWS_REGION or AWS_DEFAULT_REGION; PULIH_S3_STYLE `path` or `virtual` (default: virtual
 * at Amazon, path elsewhere).
 */
export function openS3(notation: string, env: Env): S3Backend {
  const { url, bucket, prefix } = parse(notation)
  const place = `s3:${url.origin}/${[bucket, prefix].filter((part) => part !== '').join('/')}`
  const [accessKeyId, secretAccessKey] = [env.AWS_ACCESS_KEY_ID, env.AWS_SECRET_ACCESS_KEY]
  if (!accessKeyId || !secretAccessKey)
    throw new PulihError('backend.credentials', {
      place,
      detail: 'AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is missing',
    })
  return new S3Backend({
    place,
    endpoint: url.origin,
    bucket,
    prefix,
    region: regionOf(url.hostname, env),
    virtualHost: isVirtual(url.hostname, bucket, env),
    credentials: { accessKeyId, secretAccessKey, sessionToken: env.AWS_SESSION_TOKEN || undefined },
    send: sendByFetch,
  })
}

function parse(notation: string): { url: URL; bucket: string; prefix: string } {
  const text = notation.slice('s3:'.length).replace(/^\/\//, '')
  const url = URL.parse(/^https?:\/\//.test(text) ? text : `https://${text}`)
  const [bucket = '', ...rest] = (url?.pathname ?? '').split('/').filter((part) => part !== '')
  if (url === null || bucket === '' || url.username !== '' || url.search !== '')
    throw new PulihError('backend.notation', { notation, detail: 'expected s3:https://host/bucket/prefix' })
  return { url, bucket: decodeURIComponent(bucket), prefix: decodeURIComponent(rest.join('/')) }
}

function regionOf(host: string, env: Env): string {
  const named = /^s3[.-]([a-z0-9-]+)\.amazonaws\.com/.exec(host)?.[1]
  return env.AWS_REGION || env.AWS_DEFAULT_REGION || named || 'us-east-1'
}

/** A bucket with a dot has no valid certificate as a host name. */
function isVirtual(host: string, bucket: string, env: Env): boolean {
  if (env.PULIH_S3_STYLE !== undefined && env.PULIH_S3_STYLE !== '') return env.PULIH_S3_STYLE === 'virtual'
  return /(^|\.)amazonaws\.com(\.cn)?$/.test(host) && !bucket.includes('.')
}

import type { App } from '../app/app.ts'
import { Secret } from '../app/secret.ts'
import { isPulihError } from '../error.ts'

/** Shapes of secrets that libraries put into their messages: chat tokens in URLs, passwords before an `@`, signed queries. */
const shapes: readonly (readonly [RegExp, string])[] = [
  [/(?<!\d)\d{5,}:[A-Za-z0-9_-]{25,}/g, '••••'],
  [/(\/\/)[^/\s:@]+:[^/\s]+@/g, '$1••••@'],
  [/\b(bearer|basic)\s+[A-Za-z0-9+/._~=-]{8,}/gi, '$1 ••••'],
  [/([?&;](?:[\w-]*(?:token|secret|signature|password|passwd|credential|key))=)[^&\s"']+/gi, '$1••••'],
  [/\b((?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key)\s*[=:]\s*)[^\s"',;]+/gi, '$1••••'],
]

/** `text` with every secret of the app's configuration, and everything that looks like one, as dots. */
export function redact(text: string, app: App | null): string {
  const known = app === null ? [] : secretsIn(app.config)
  const without = known.reduce((said, secret) => said.replaceAll(secret, '••••'), text)
  return shapes.reduce((said, [shape, dots]) => said.replace(shape, dots), without)
}

const found = new WeakMap<object, readonly string[]>()

function secretsIn(config: object): readonly string[] {
  const known = found.get(config)
  if (known !== undefined) return known
  const secrets = [...secretsOf(config)]
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    // A secret of a few letters would turn ordinary words into dots and protect nothing.
    .filter((secret) => secret.length >= 4)
  found.set(config, secrets)
  return secrets
}

function* secretsOf(value: unknown): Generator<string> {
  if (value instanceof Secret) yield* revealed(value)
  else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) yield* secretsOf(one)
}

/** One that cannot be looked up (no such variable, no such file) is in no text either. */
function* revealed(secret: Secret): Generator<string> {
  try {
    yield secret.reveal()
  } catch (error) {
    if (!isPulihError(error)) throw error
  }
}

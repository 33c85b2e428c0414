import { readFileSync } from 'node:fs'

/** Of the published package; read from its package.json so that there is one place to change. */
export const version: string = readVersion()

function readVersion(): string {
  // In the package this file is dist/version.js; in a checkout src/version.ts with the package beside it.
  const place = import.meta.url.endsWith('.ts') ? '../package/package.json' : '../package.json'
  const parsed: unknown = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8'))
  const found = typeof parsed === 'object' && parsed !== null && 'version' in parsed ? parsed.version : undefined
  return typeof found === 'string' ? found : '0.0.0'
}

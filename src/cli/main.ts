#!/usr/bin/env node
import { version } from '../version.ts'

// The version needs nothing else, so nothing else is loaded for it.
if (process.argv.length === 3 && process.argv[2] === '--version') {
  process.stdout.write(`${version}\n`)
} else {
  const { main } = await import('./session.ts')
  await main(process.argv.slice(2))
}

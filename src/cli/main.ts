#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { version } from '../version.ts'

// The version needs nothing else, so nothing else is loaded for it.
if (process.argv.length === 3 && process.argv[2] === '--version') {
  process.stdout.write(`${version}\n`)
} else {
  // Stripping the types of a checkout's sources takes longer than most commands; the built package has none.
  if (import.meta.filename.endsWith('.ts'))
    enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/pulih'))
  const { main } = await import('./session.ts')
  await main(process.argv.slice(2))
}

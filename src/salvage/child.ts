/**
 * A process of its own for damaged bytes: whatever they do to it, the parent lives. It reads and writes our own copies
 * only. Standard input: one Ask as JSON; standard output: the answer.
 */
import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { merge } from './merge.ts'
import type { Ask, Asks } from './protocol.ts'
import { survey } from './survey.ts'

process.umask(0o077)

function answer(ask: Ask): Asks[keyof Asks]['give'] {
  switch (ask.op) {
    case 'survey':
      return survey(ask)
    case 'merge':
      return merge(ask)
    case 'reindex':
      return reindex(ask.file)
  }
}

function reindex(file: string): null {
  using db = new DatabaseSync(file)
  // The log of a WAL database is written back when this connection closes.
  db.exec('REINDEX')
  return null
}

process.stdout.write(JSON.stringify(answer(JSON.parse(readFileSync(0, 'utf8')) as Ask)))

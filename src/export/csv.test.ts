import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { csvDump, csvTables } from './csv.ts'

test('a table becomes RFC 4180 lines: quotes doubled, NULL unlike empty text, every digit kept', () => {
  using db = new DatabaseSync(':memory:')
  db.exec(`CREATE TABLE t (a, "b,c", d AS (a || 'x')); CREATE VIRTUAL TABLE f USING fts5(x);
    INSERT INTO t VALUES (1, 'say "hi"'), (9007199254740993, ''), (0.1, NULL), (X'00ff', 'a' || char(13, 10) || 'b');`)
  const [table] = csvTables(db)
  assert.equal(
    [...csvDump(db, table!, () => undefined)].join(''),
    'a,"b,c"\r\n1,"say ""hi"""\r\n9007199254740993,""\r\n0.1,\r\n00ff,"a\r\nb"\r\n',
  )
})

test('SQLite’s own and virtual tables are no files of their own', () => {
  using db = new DatabaseSync(':memory:')
  db.exec('CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT); CREATE VIRTUAL TABLE r USING rtree(id, x0, x1)')
  const names = csvTables(db).map(({ name }) => name)
  assert.ok(names.includes('a') && !names.includes('r') && !names.includes('sqlite_sequence'), names.join())
})

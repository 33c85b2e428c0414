import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { it } from 'node:test'
import { tempFolder } from '../../../test/fixture/temp-folder.ts'
import { readTreePage } from './btree.ts'

for (const pageBytes of [512, 4096, 65536]) {
  it(`every page SQLite wrote is without fault, after rows came, grew and went (pages of ${pageBytes})`, () => {
    using place = tempFolder()
    const file = place.join('churn.db')
    {
      using db = new DatabaseSync(file)
      db.exec(`PRAGMA page_size = ${pageBytes}; CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); CREATE INDEX i ON t (v);
        CREATE TABLE w (k TEXT PRIMARY KEY, v) WITHOUT ROWID; BEGIN`)
      const [add, grow, go] = [
        'INSERT OR REPLACE INTO t VALUES (?, ?)',
        'UPDATE t SET v = v || ? WHERE id = ?',
        'DELETE FROM t WHERE id = ?',
      ].map((sql) => db.prepare(sql))
      const pair = db.prepare('INSERT OR REPLACE INTO w VALUES (?, ?)')
      for (let n = 0; n < 6000; n++) {
        const id = (n * 7919) % 1500
        if (n % 5 === 1) go?.run(id)
        else if (n % 5 === 2) grow?.run('x'.repeat(n % 40), id)
        else add?.run(id, `row ${'y'.repeat((n * 31) % 130)}`)
        if (n % 3 === 0) pair.run(`k${id % 400}`, 'z'.repeat(n % 70))
      }
      db.exec('COMMIT')
    }
    const bytes = readFileSync(file)
    let trees = 0
    for (let page = 1; page <= bytes.length / pageBytes; page++) {
      const tree = readTreePage(bytes.subarray((page - 1) * pageBytes, page * pageBytes), page, pageBytes)
      if (tree === null) continue
      trees++
      assert.deepEqual(tree.faults, [], `page ${page}`)
    }
    assert.ok(trees > 3)
  })
}

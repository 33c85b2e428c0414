/**
 * Data for benches and load tests: the database of a chat bot that keeps its members' money, a day's work on it, and
 * the bot's code. Equal arguments make equal data.
 *
 *   node bench/finance.ts build FILE [--mb 200] [--journal wal|delete] [--seed 1]
 *   node bench/finance.ts day FILE [--entries 2000] [--day 1] [--seed 1]
 *   node bench/finance.ts code FOLDER [--files 300] [--seed 1]
 */
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { parseArgs } from 'node:util'
import { Dice } from './dice.ts'
import * as talk from './talk.ts'

const schema = `
CREATE TABLE members (id INTEGER PRIMARY KEY, chat INTEGER NOT NULL UNIQUE, nick TEXT, full_name TEXT NOT NULL,
  preferences TEXT NOT NULL, joined_at TEXT NOT NULL, seen_at TEXT NOT NULL);
CREATE TABLE pockets (id INTEGER PRIMARY KEY, member INTEGER NOT NULL REFERENCES members(id), title TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('cash','bank','e-money','card')), opening INTEGER NOT NULL, balance INTEGER NOT NULL,
  changed_at TEXT NOT NULL);
CREATE TABLE labels (id INTEGER PRIMARY KEY, member INTEGER REFERENCES members(id), title TEXT NOT NULL,
  direction TEXT NOT NULL CHECK (direction IN ('in','out')));
CREATE TABLE entries (id INTEGER PRIMARY KEY AUTOINCREMENT, member INTEGER NOT NULL REFERENCES members(id),
  kind TEXT NOT NULL CHECK (kind IN ('in','out','move')), amount INTEGER NOT NULL, note TEXT,
  label INTEGER REFERENCES labels(id), source INTEGER REFERENCES pockets(id), target INTEGER REFERENCES pockets(id),
  line INTEGER, day TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE holdings (id INTEGER PRIMARY KEY, member INTEGER NOT NULL REFERENCES members(id), title TEXT NOT NULL,
  amount REAL NOT NULL, unit TEXT NOT NULL, paid INTEGER NOT NULL, worth INTEGER NOT NULL, valued_at TEXT NOT NULL);
CREATE TABLE chat_lines (id INTEGER PRIMARY KEY AUTOINCREMENT, member INTEGER NOT NULL REFERENCES members(id),
  chat INTEGER NOT NULL, message INTEGER NOT NULL, spoken_by TEXT NOT NULL CHECK (spoken_by IN ('member','bot')),
  words TEXT, meaning TEXT, detail TEXT, photo TEXT, created_at TEXT NOT NULL);
CREATE INDEX pockets_by_member ON pockets (member);
CREATE INDEX labels_by_member ON labels (member, direction);
CREATE INDEX entries_by_member_day ON entries (member, day);
CREATE INDEX entries_by_label ON entries (label, day);
CREATE INDEX entries_by_source ON entries (source) WHERE source IS NOT NULL;
CREATE INDEX entries_by_target ON entries (target) WHERE target IS NOT NULL;
CREATE INDEX holdings_by_member ON holdings (member, title);
CREATE INDEX lines_by_member_time ON chat_lines (member, created_at);
`

/** Rows are pockets whose balance is not what came in less what went out: a torn copy shows here first. */
export const unbalanced = `
SELECT p.id FROM pockets p
LEFT JOIN (SELECT target AS pocket, sum(amount) AS total FROM entries WHERE target IS NOT NULL GROUP BY 1) i ON i.pocket = p.id
LEFT JOIN (SELECT source AS pocket, sum(amount) AS total FROM entries WHERE source IS NOT NULL GROUP BY 1) o ON o.pocket = p.id
WHERE p.balance <> p.opening + coalesce(i.total, 0) - coalesce(o.total, 0)`

/** Measured: bytes of database per entry, its two chat lines and all indexes together. */
const bytesPerEntry = 545
const historyDays = 580
const firstDay = Date.UTC(2024, 0, 1) / 1000

export interface BuildOptions {
  readonly mb: number
  readonly seed?: number
  readonly journal?: 'wal' | 'delete'
}

/** Builds the database in time order with its indexes in place, so that pages fill as a live bot fills them. */
export function buildDatabase(path: string, { mb, seed = 1, journal = 'wal' }: BuildOptions): void {
  const db = new DatabaseSync(path)
  db.exec('PRAGMA page_size = 4096; PRAGMA journal_mode = off; PRAGMA synchronous = off; PRAGMA cache_size = -500000')
  db.exec(schema)
  const entries = Math.max(20, Math.floor((mb * 1e6) / bytesPerEntry))
  const bot = new Bot(db, new Dice(seed))
  db.exec('BEGIN')
  bot.found(Math.max(8, Math.floor(entries / 1800)))
  const step = (historyDays * 86_400) / entries
  for (let i = 0; i < entries; i++) bot.record(stamp(firstDay + i * step))
  db.exec('COMMIT')
  if (db.prepare(unbalanced).get() !== undefined) throw new Error('the generated books do not balance')
  db.exec(`PRAGMA journal_mode = ${journal}`)
  db.close()
}

/** A day of the bot's work, each act committed: mostly new entries, some corrected, removed or revalued. */
export function workOneDay(path: string, { entries = 2000, day = 1, seed = 1 } = {}): void {
  const db = new DatabaseSync(path)
  db.exec('PRAGMA synchronous = off')
  const bot = new Bot(db, new Dice(seed * 100_003 + day))
  const start = firstDay + (historyDays + day) * 86_400
  for (let i = 0; i < entries; i++) bot.act(stamp(start + Math.floor((i * 86_400) / entries)))
  db.close()
}

/** Files of source, settings and pages, and a few pictures that do not compress: 300 files are about 3 MB. */
export function buildCode(folder: string, { files = 300, seed = 1 } = {}): void {
  const dice = new Dice(seed)
  for (let i = 0; i < files; i++) {
    const picture = i % 25 === 24
    const part = dice.pick(['handlers', 'services', 'models', 'reports', 'tests', 'docs'])
    const path = join(folder, picture ? 'static' : part, `${picture ? 'image' : 'part'}${i}.${picture ? 'png' : 'py'}`)
    mkdirSync(dirname(path), { recursive: true })
    const size = Math.floor(2000 + dice.next() ** 3 * 30_000)
    writeFileSync(path, picture ? dice.bytes(20_000 + size) : talk.code(dice, size))
  }
}

function stamp(seconds: number): string {
  return new Date(Math.floor(seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ')
}

interface Pocket {
  readonly id: number
  readonly title: string
}

/** The bot's acts on an open database. The caller owns the transaction around `record`; `act` commits its own. */
export class Bot {
  readonly #db: DatabaseSync
  readonly #dice: Dice
  readonly #statements = new Map<string, StatementSync>()
  readonly #pockets = new Map<number, readonly Pocket[]>()
  #members = 0
  #message = 1000

  constructor(db: DatabaseSync, dice: Dice) {
    this.#db = db
    this.#dice = dice
    const known = db.prepare('SELECT count(*) AS members FROM members').get() as { members: number }
    this.#members = known.members
  }

  #run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).lastInsertRowid)
  }

  #statement(sql: string): StatementSync {
    const made = this.#statements.get(sql) ?? this.#db.prepare(sql)
    this.#statements.set(sql, made)
    return made
  }

  /** Members with their pockets and holdings, and the labels. */
  found(members: number): void {
    const dice = this.#dice
    const start = stamp(firstDay)
    for (const [direction, titles] of Object.entries(talk.labels))
      for (const title of titles) this.#run('INSERT INTO labels VALUES (NULL, NULL, ?, ?)', title, direction)
    for (let id = 1; id <= members; id++) {
      const name = talk.name(dice)
      const preferences = JSON.stringify({
        zone: 'Asia/Jakarta',
        reminder: dice.chance(0.5),
        limit: dice.below(20) * 500_000,
      })
      const row = [
        id,
        100_000_000 + id * 7919 + dice.below(7919),
        name.toLowerCase().replace(' ', '_'),
        name,
        preferences,
      ]
      this.#run('INSERT INTO members VALUES (?, ?, ?, ?, ?, ?, ?)', ...row, start, start)
      for (const [title, kind] of dice.sample(talk.pockets, 2 + dice.below(3))) {
        const opening = dice.below(100) * 100_000
        this.#run('INSERT INTO pockets VALUES (NULL, ?, ?, ?, ?, ?, ?)', id, title, kind, opening, opening, start)
      }
      for (const [title, unit] of dice.sample(talk.holdings, 2)) {
        const paid = 100_000 * (1 + dice.below(3000))
        const values = [id, title, dice.next() * 40, unit, paid, Math.floor(paid * (0.7 + dice.next())), start]
        this.#run('INSERT INTO holdings VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)', ...values)
      }
    }
    this.#members = members
  }

  /** One committed act; `mark` runs inside its transaction. */
  act(at: string, mark?: string): void {
    this.#db.exec('BEGIN IMMEDIATE')
    if (mark !== undefined) this.#run(mark)
    const chance = this.#dice.next()
    if (chance < 0.04) this.#revalue(at)
    else if (chance < 0.12) this.#correct(at, chance < 0.07)
    else this.record(at)
    this.#db.exec('COMMIT')
  }

  /** A member says what was spent, received or moved; the bot books it and answers. */
  record(at: string): void {
    const dice = this.#dice
    const member = 1 + Math.floor(this.#members * dice.next() ** 2.2)
    const kind = dice.weighted({ out: 80, in: 12, move: 8 })
    const amount =
      kind === 'in'
        ? 50_000 * (1 + Math.floor(dice.next() ** 3 * 300))
        : 500 * (2 + Math.floor(dice.next() ** 4 * 4000))
    const pockets = this.#pocketsOf(member)
    const pocket = dice.pick(pockets)
    const other = pockets[(pockets.indexOf(pocket) + 1) % pockets.length] as Pocket
    const source = kind === 'in' ? null : pocket.id
    const target = kind === 'out' ? null : kind === 'in' ? pocket.id : other.id
    const said = talk.exchange(dice, kind, amount, pocket.title)
    const line = this.#say(member, 'member', said.words, said.meaning, said.detail, said.photo, at)
    const label = kind === 'move' ? null : talk.labelNumber(dice, kind)
    this.#run(
      'INSERT INTO entries VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      ...[member, kind, amount, said.note, label, source, target, line, at.slice(0, 10), at],
    )
    if (source !== null) this.#change(source, -amount, at)
    if (target !== null) this.#change(target, amount, at)
    this.#say(member, 'bot', said.answer, null, null, null, at)
    this.#run('UPDATE members SET seen_at = ? WHERE id = ?', at, member)
  }

  #say(
    member: number,
    by: string,
    words: string,
    meaning: string | null,
    detail: string | null,
    photo: string | null,
    at: string,
  ): number {
    return this.#run(
      'INSERT INTO chat_lines VALUES (NULL, ?, (SELECT chat FROM members WHERE id = ?), ?, ?, ?, ?, ?, ?, ?)',
      ...[member, member, this.#message++, by, words, meaning, detail, photo, at],
    )
  }

  #change(pocket: number, by: number, at: string): void {
    this.#run('UPDATE pockets SET balance = balance + ?, changed_at = ? WHERE id = ?', by, at, pocket)
  }

  #pocketsOf(member: number): readonly Pocket[] {
    const known = this.#pockets.get(member)
    if (known !== undefined) return known
    const rows = this.#statement('SELECT id, title FROM pockets WHERE member = ? ORDER BY id').all(member)
    const pockets = rows.map((row) => ({ id: Number(row.id), title: String(row.title) }))
    this.#pockets.set(member, pockets)
    return pockets
  }

  #revalue(at: string): void {
    const member = 1 + this.#dice.below(this.#members)
    const percent = 90 + this.#dice.below(21)
    this.#run('UPDATE holdings SET worth = worth * ? / 100, valued_at = ? WHERE member = ?', percent, at, member)
  }

  /** Removes a member's newest entry, or gives it another amount; the pockets follow. */
  #correct(at: string, remove: boolean): void {
    const member = 1 + this.#dice.below(this.#members)
    const row = this.#statement('SELECT * FROM entries WHERE member = ? ORDER BY day DESC LIMIT 1').get(member)
    if (row === undefined) return
    const amount = remove ? 0 : 500 * (2 + this.#dice.below(4000))
    const difference = amount - Number(row.amount)
    if (row.source !== null) this.#change(Number(row.source), -difference, at)
    if (row.target !== null) this.#change(Number(row.target), difference, at)
    if (remove) this.#run('DELETE FROM entries WHERE id = ?', Number(row.id))
    else this.#run('UPDATE entries SET amount = ? WHERE id = ?', amount, Number(row.id))
  }
}

function main(): void {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      mb: { type: 'string', default: '200' },
      journal: { type: 'string', default: 'wal' },
      seed: { type: 'string', default: '1' },
      entries: { type: 'string', default: '2000' },
      day: { type: 'string', default: '1' },
      files: { type: 'string', default: '300' },
    },
  })
  const [verb, target = ''] = positionals
  const seed = Number(values.seed)
  if (verb === 'build')
    buildDatabase(target, { mb: Number(values.mb), seed, journal: values.journal === 'delete' ? 'delete' : 'wal' })
  else if (verb === 'day') workOneDay(target, { entries: Number(values.entries), day: Number(values.day), seed })
  else if (verb === 'code') buildCode(target, { files: Number(values.files), seed })
  else throw new Error('usage: node bench/finance.ts build|day|code TARGET')
  console.log(`${target}: ${statSync(target).size} bytes`)
}

if (import.meta.main) main()

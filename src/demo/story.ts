import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { assert } from '../error.ts'
import { duration, number } from '../message/format.ts'
import { type Note, note } from '../message/phrases.ts'
import type { Language } from '../message/sentence.ts'
import { makeBot } from './bot.ts'
import { type Books, readBooks } from './money.ts'
import { Writer } from './writer.ts'

/** What a command gave back: its exit code and the document it prints with `--json`. */
export interface CommandResult {
  readonly exit: number
  readonly json: unknown
}

/** Where the story is played: it runs real commands and says what it shows. */
export interface Stage {
  /** An empty folder of the demo's own. */
  readonly folder: string
  readonly transactions: number
  readonly language: Language
  /** Runs `pulih` with these words on the bot; failures come back as `{ error }`, too. */
  run(words: readonly string[]): Promise<CommandResult>
  step(title: Note): void
  /** A statement that was checked, and whether it holds. */
  claim(statement: Note, holds: boolean): void
}

/** Plays the whole story: a bot at work, a backup under load, a disaster in two parts, recovery, the bot at work again. */
export async function playStory(stage: Stage): Promise<void> {
  const app = join(stage.folder, 'bot')
  const money = await build(stage, app)
  await using writer = await startWork(stage, app)
  const kept = await backUp(stage, writer)
  await zeroWallets(stage, writer, money)
  await damageFile(stage, writer, money, kept.name)
  await recover(stage, money, kept)
  await workAgain(stage, app, money)
}

async function build(stage: Stage, app: string): Promise<string> {
  stage.step(note('demo.step.build'))
  const { moneyPath } = await makeBot(app, { transactions: stage.transactions })
  const books = readBooks(moneyPath)
  const facts = { ...written(stage, books), transactions: number(books.transactions, stage.language) }
  stage.claim(note('demo.claim.built', facts), books.wrong === 0 && books.transactions === stage.transactions)
  return moneyPath
}

async function startWork(stage: Stage, app: string): Promise<Writer> {
  stage.step(note('demo.step.work'))
  const writer = await Writer.start(app)
  await writer.atLeast(50)
  const { committed } = writer.report
  stage.claim(note('demo.claim.works', { transfers: number(committed, stage.language) }), committed >= 50)
  return writer
}

interface Kept {
  readonly name: string
  /** As recovered from the backup beside the app. */
  readonly books: Books
}

async function backUp(stage: Stage, writer: Writer): Promise<Kept> {
  stage.step(note('demo.step.backup'))
  const before = writer.report.committed
  const { exit, json } = await stage.run(['backup', '--reason', 'demo'])
  const { name, state, provenMs } = json as { name: string; state: string; provenMs: number | null }
  const took = duration(provenMs ?? 0, stage.language)
  stage.claim(note('demo.claim.proven', { name, took }), exit === 0 && state === 'proven')
  const { errors, worstMs } = writer.report
  const beside = join(stage.folder, 'recovered')
  const laidOut = await stage.run(['restore', name, '--to', beside, '--yes'])
  const books = readBooks(join(beside, 'finance_bot.db'))
  const complete = laidOut.exit === 0 && books.wrong === 0 && books.transactions >= stage.transactions + 2 * before
  stage.claim(note('demo.claim.complete', { before: number(before, stage.language) }), complete)
  stage.claim(note('demo.claim.unhurt', { slowest: duration(worstMs, stage.language) }), errors.length === 0)
  return { name, books }
}

async function zeroWallets(stage: Stage, writer: Writer, money: string): Promise<void> {
  stage.step(note('demo.step.zeroed'))
  const zeroed = zeroAll(money)
  await writer.atLeast(20)
  const { json } = await stage.run(['backup', '--reason', 'demo: after the wrong command'])
  const { state, warnings = [] } = json as { state?: string; warnings?: readonly { code: string }[] }
  const noticed = state !== 'proven' && warnings.some(({ code }) => code === 'warning.invariant-broken')
  stage.claim(note('demo.claim.noticed', { wallets: number(zeroed, stage.language) }), noticed)
}

/** The operator's mistake, on a connection that is closed again before anything else looks at the file. */
function zeroAll(money: string): number {
  using db = new DatabaseSync(money, { timeout: 5000 })
  return Number(db.prepare('UPDATE dompet SET saldo = 0').run().changes)
}

async function damageFile(stage: Stage, writer: Writer, money: string, kept: string): Promise<void> {
  stage.step(note('demo.step.damaged'))
  await writer.stop()
  await scribble(money)
  const before = await namesIn(stage)
  const { exit, json } = await stage.run(['backup', '--reason', 'demo: of a damaged database'])
  const refused = exit === 1 && (json as { error?: unknown }).error !== undefined
  stage.claim(note('demo.claim.refused'), refused && (await namesIn(stage)).join() === before.join())
  const verified = (await stage.run(['verify', kept])).json as { results?: readonly { state: string }[] }
  stage.claim(note('demo.claim.still-there', { name: kept }), verified.results?.[0]?.state === 'proven')
}

/** Overwrites a stretch in the middle of the file, as a failing disk does. */
async function scribble(path: string): Promise<void> {
  const bytes = await readFile(path)
  bytes.fill(0xa5, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 65_536)
  await writeFile(path, bytes)
}

async function namesIn(stage: Stage): Promise<readonly string[]> {
  const { backups } = (await stage.run(['list'])).json as { backups?: readonly { name: string }[] }
  assert(backups !== undefined, 'list gave no list')
  return backups.map(({ name }) => name)
}

async function recover(stage: Stage, money: string, kept: Kept): Promise<void> {
  stage.step(note('demo.step.recover'))
  const damaged = await readFile(money)
  const plan = await stage.run(['restore', 'latest', '--dry-run'])
  const untouched = damaged.equals(await readFile(money))
  stage.claim(note('demo.claim.plan'), untouched && (plan.json as { from?: string }).from === kept.name)
  await restoreLatest(stage)
  await stage.run(['restore', '--undo', '--yes'])
  stage.claim(note('demo.claim.undone'), damaged.equals(await readFile(money)))
  await restoreLatest(stage)
  const books = readBooks(money)
  const equal = books.wrong === 0 && books.total === kept.books.total && books.transactions === kept.books.transactions
  stage.claim(note('demo.claim.balanced', written(stage, books)), equal)
}

async function restoreLatest(stage: Stage): Promise<void> {
  const { exit, json } = await stage.run(['restore', 'latest', '--yes'])
  const { restored = [], verified } = json as { restored?: readonly string[]; verified?: boolean }
  const done = (exit === 0 || exit === 3) && verified === true && restored.includes('finance_bot.db')
  stage.claim(note('demo.claim.restored', { paths: number(restored.length, stage.language) }), done)
}

async function workAgain(stage: Stage, app: string, money: string): Promise<void> {
  stage.step(note('demo.step.again'))
  await using writer = await Writer.start(app, { seed: 7 })
  await writer.atLeast(20)
  const { committed, errors } = await writer.stop()
  const holds = errors.length === 0 && readBooks(money).wrong === 0
  stage.claim(note('demo.claim.again', { transfers: number(committed, stage.language) }), holds)
}

/** Sen as rupiah, with its cents. */
function written({ language }: Stage, { wallets, total }: Books): { wallets: string; total: string } {
  return { wallets: number(wallets, language), total: number(total / 100, language, 2) }
}

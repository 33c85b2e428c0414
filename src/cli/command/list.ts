import { dirname } from 'node:path'
import type { App } from '../../app/app.ts'
import type { BackupEntry } from '../../catalogue/types.ts'
import { cataloguePhrases as words } from '../../message/phrases/catalogue.ts'
import { say } from '../../message/phrases.ts'
import type { Language } from '../../message/sentence.ts'
import type { Command } from '../command.ts'
import { ageOf, stateWord } from '../show/backup.ts'
import { bytes } from '../show/format.ts'
import { style } from '../show/style.ts'
import { table } from '../show/table.ts'

export const command: Command = {
  name: 'list',
  summary: words['list.summary'],
  positionals: [],
  options: {},
  examples: ['pulih list', 'pulih list --json', 'pulih list --quiet'],
  async run(call) {
    const app = await call.app()
    const { listBackups } = await import('../../catalogue/catalogue.ts')
    const backups = await listBackups(app)
    return {
      exit: 0,
      json: { backups: backups.map(jsonOf) },
      text: (language) =>
        call.global.quiet ? backups.map(({ name }) => name).join('\n') : screen(app, backups, language),
    }
  },
}

function jsonOf(one: BackupEntry): object {
  const { name, type, label, state, created, sequence, bytes, path, pinned, legacy } = one
  const { reason, trigger, pinReason, sameContentAs, findings, proof } = one
  return {
    ...{ name, type, label, state, created, sequence, bytes, path, pinned, legacy },
    ...{ reason, trigger, pinReason, sameContentAs, findings, provenAt: proof?.at ?? null },
  }
}

function screen(app: App, backups: readonly BackupEntry[], language: Language): string {
  const { folders, clock } = app
  if (backups.length === 0) {
    const next = say(language, 'front.next', { command: 'pulih backup' })
    return [style.warn(say(language, 'list.empty', { folder: folders.backups })), next].join('\n')
  }
  const nowMs = clock.now()
  const head = (['name', 'state', 'age', 'size', 'note'] as const).map((one) => say(language, `list.head.${one}`))
  const rows = backups.map((one) => [
    one.name,
    stateWord(one.state, language),
    ageOf(one.createdMs, nowMs, language),
    bytes(one.bytes, language),
    noteOf(one, folders, language),
  ])
  return [
    titleOf(backups, folders.backups, language),
    '',
    table([head.map(style.faint), ...rows], { head: true, align: ['left', 'left', 'right', 'right'] }),
    '',
    ...verdict(backups, nowMs, language),
    say(language, 'front.next', { command: `pulih show ${backups[0]!.name}` }),
  ].join('\n')
}

function titleOf(backups: readonly BackupEntry[], folder: string, language: Language): string {
  const proven = backups.filter(({ state }) => state === 'proven').length
  const size = bytes(
    backups.reduce((sum, one) => sum + one.bytes, 0),
    language,
  )
  return style.strong(say(language, 'list.title', { count: backups.length, proven, size, folder }))
}

function noteOf(one: BackupEntry, { archives, backups }: App['folders'], language: Language): string {
  const first = one.findings[0]
  const notes = [
    first === undefined ? null : style.bad(say(language, `finding.${first.code}`, first)),
    one.pinned ? say(language, 'list.pinned', { reason: one.pinReason }) : null,
    archives !== backups && dirname(one.path) === archives ? say(language, 'list.archived') : null,
    one.legacy ? say(language, 'list.legacy') : null,
    one.sameContentAs === null ? null : style.faint(say(language, 'list.same', { name: one.sameContentAs })),
  ]
  return notes.filter((note) => note !== null).join(' · ')
}

function verdict(backups: readonly BackupEntry[], nowMs: number, language: Language): string[] {
  const proven = backups.find(({ state }) => state === 'proven')
  const damaged = backups.filter(({ state }) => state === 'damaged')
  return [
    proven === undefined
      ? style.warn(say(language, 'list.none-proven'))
      : style.good(say(language, 'list.safe', { name: proven.name, age: ageOf(proven.createdMs, nowMs, language) })),
    ...damaged.slice(0, 1).map(({ name }) => style.bad(say(language, 'list.damaged', { count: damaged.length, name }))),
  ]
}

import type { App } from '../../app/app.ts'
import { menuPhrases as words } from '../../message/phrases/menu.ts'
import type { PhraseCode } from '../../message/phrases.ts'
import type { Phrase } from '../../message/sentence.ts'

/** What a choice may ask for before its command line is known. */
export interface Asker {
  /** One line; empty when nothing was typed. */
  ask(question: PhraseWithoutFacts): Promise<string>
  /** A backup's name picked from the list, or null when nothing was picked. */
  pickBackup(): Promise<string | null>
  app(): Promise<App>
}

type PhraseWithoutFacts = {
  [C in keyof typeof words]: (typeof words)[C] extends Phrase<void> ? C : never
}[keyof typeof words] &
  PhraseCode

export interface Choice {
  readonly label: Phrase<void>
  /** Another menu, or the command line that does the same; null when the answers were empty. */
  readonly leads: { readonly to: MenuName } | { readonly words: (asker: Asker) => Promise<readonly string[] | null> }
}

export interface Menu {
  readonly title: Phrase<void>
  /** Numbered from 1; the number after the last one leaves the menu. */
  readonly choices: readonly Choice[]
}

export type MenuName = 'top' | 'backup' | 'scenarios' | 'monitor' | 'automatic'

const always = (...line: readonly string[]): Choice['leads'] => ({ words: async () => line })

const top: Menu = {
  title: words['menu.top.title'],
  choices: [
    { label: words['menu.top.backup'], leads: { to: 'backup' } },
    { label: words['menu.top.scenarios'], leads: { to: 'scenarios' } },
    { label: words['menu.top.monitor'], leads: { to: 'monitor' } },
    { label: words['menu.top.automatic'], leads: { to: 'automatic' } },
  ],
}

const backup: Menu = {
  title: words['menu.backup.title'],
  choices: [
    { label: words['menu.backup.full'], leads: { words: fullBackup } },
    { label: words['menu.backup.migration'], leads: { words: (asker) => labelled(asker, 'pre_migration') } },
    { label: words['menu.backup.deployment'], leads: { words: (asker) => labelled(asker, 'pre_deployment') } },
    { label: words['menu.backup.list'], leads: always('list') },
    { label: words['menu.backup.restore'], leads: { words: restore } },
  ],
}

const scenarios: Menu = {
  title: words['menu.scenarios.title'],
  choices: [
    { label: words['menu.scenarios.update'], leads: { words: update } },
    { label: words['menu.scenarios.migration'], leads: { words: migration } },
    { label: words['menu.scenarios.corruption'], leads: always('scenario', 'corruption') },
    { label: words['menu.scenarios.maintenance'], leads: always('scenario', 'maintenance') },
    { label: words['menu.scenarios.disaster'], leads: { words: disaster } },
  ],
}

const monitor: Menu = {
  title: words['menu.monitor.title'],
  choices: [
    { label: words['menu.monitor.health'], leads: always('health') },
    { label: words['menu.monitor.automated'], leads: always('monitor', '--once') },
    { label: words['menu.monitor.status'], leads: always('status') },
    { label: words['menu.monitor.integrity'], leads: always('health', '--only', 'database-integrity') },
  ],
}

const automatic: Menu = {
  title: words['menu.automatic.title'],
  choices: [
    { label: words['menu.automatic.status'], leads: always('service', 'status') },
    { label: words['menu.automatic.preview'], leads: always('service', 'install', '--dry-run') },
    { label: words['menu.automatic.install'], leads: always('service', 'install') },
    { label: words['menu.automatic.uninstall'], leads: always('service', 'uninstall') },
    { label: words['menu.automatic.trigger'], leads: { words: trigger } },
    { label: words['menu.automatic.python'], leads: always('init', '--python') },
  ],
}

/** The three menus of the founding document, with its numbers, and one of ours, below one that leads to them. */
export const menus: Readonly<Record<MenuName, Menu>> = { top, backup, scenarios, monitor, automatic }

async function trigger(asker: Asker): Promise<readonly string[] | null> {
  const name = await asker.ask('menu.ask.trigger')
  return name === '' ? null : ['trigger', '--', name]
}

async function fullBackup(asker: Asker): Promise<readonly string[]> {
  const reason = await asker.ask('menu.ask.reason')
  return reason === '' ? ['backup'] : ['backup', ...option('--reason', reason)]
}

/** A value that begins like an option must stand behind `=`. */
function option(name: string, value: string): readonly string[] {
  return value.startsWith('-') ? [`${name}=${value}`] : [name, value]
}

async function labelled(asker: Asker, type: 'pre_migration' | 'pre_deployment'): Promise<readonly string[]> {
  const label = await asker.ask(type === 'pre_migration' ? 'menu.ask.migration' : 'menu.ask.version')
  return ['backup', '--type', type, ...(label === '' ? [] : option('--label', label))]
}

async function restore(asker: Asker): Promise<readonly string[] | null> {
  const name = await asker.pickBackup()
  return name === null ? null : ['restore', name]
}

async function update(asker: Asker): Promise<readonly string[] | null> {
  const version = await asker.ask('menu.ask.version')
  return version === '' ? null : ['scenario', 'update', version]
}

async function migration(asker: Asker): Promise<readonly string[] | null> {
  const name = await asker.ask('menu.ask.migration')
  if (name === '') return null
  const line = await asker.ask('menu.ask.command')
  const plain = /^[\w@%+=:,./ -]+$/.test(line)
  const command = plain ? line.split(' ').filter((word) => word !== '') : ['sh', '-c', line]
  return ['scenario', 'migration', name, ...(line === '' ? [] : ['--', ...command])]
}

async function disaster(asker: Asker): Promise<readonly string[]> {
  const folder = await asker.ask('menu.ask.folder')
  return ['scenario', 'disaster', ...(folder === '' ? [] : option('--from', folder))]
}

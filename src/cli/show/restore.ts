import { say } from '../../message/phrases.ts'
import type { Language } from '../../message/sentence.ts'
import type { PlannedPath, PlanWarning, RestorePlan, RestoreResult } from '../../restore/plan-types.ts'
import { style } from './style.ts'

const filesShown = 12
const tablesShown = 20

/** The plan as a person reads it before saying yes: what changes, what is lost, what could go wrong, the steps. */
export function planScreen(plan: RestorePlan, language: Language): string {
  const { from, target } = plan
  const title =
    plan.plan === 'undo' ? 'restore.plan.undo' : plan.inPlace ? 'restore.plan.title' : 'restore.plan.lay-out'
  return [
    style.strong(say(language, title, { from, target })),
    ...pathLines(plan, language).map((line) => `  ${line}`),
    ...(plan.inPlace ? lossLines(plan, language) : []),
    ...warningLines(plan.warnings, language),
    ...plan.steps.map(({ title: words }, n) => `${n + 1}. ${words[language]}`),
  ].join('\n')
}

function pathLines({ paths, inPlace }: RestorePlan, language: Language): string[] {
  const changing = paths.filter(({ action }) => action !== 'same' && action !== 'leave')
  const shown = changing.filter(({ kind }, n) => kind === 'database' || n < filesShown)
  const count = (action: PlannedPath['action']): number => paths.filter((one) => one.action === action).length
  const rest = { same: count('same'), leave: count('leave') }
  return [
    ...shown.map((one) => pathLine(one, language)),
    ...(shown.length < changing.length
      ? [say(language, 'restore.plan.more', { count: changing.length - shown.length })]
      : []),
    ...(inPlace && rest.same + rest.leave > 0 ? [style.faint(say(language, 'restore.plan.rest', rest))] : []),
  ]
}

function pathLine({ path, action, bytes, currentBytes }: PlannedPath, language: Language): string {
  if (action === 'remove') return say(language, 'restore.plan.remove', { path })
  if (action === 'create') return say(language, 'restore.plan.create', { path, bytes: bytes ?? 0 })
  return say(language, 'restore.plan.replace', { path, bytes: bytes ?? 0, was: currentBytes ?? 0 })
}

function lossLines({ loss, plan }: RestorePlan, language: Language): string[] {
  const lines = Object.entries(loss.rows).flatMap(([database, tables]) =>
    Object.entries(tables).flatMap(([table, lost]) => {
      const changed = loss.changed[database]?.[table] ?? null
      const back = loss.onlyInBackup[database]?.[table] ?? null
      if (lost === 0 && changed === 0 && back === 0) return []
      return [say(language, 'restore.plan.rows', { table: `${database} ${table}`, lost, changed, back })]
    }),
  )
  const shown = lines.slice(0, tablesShown)
  const more = lines.length - shown.length
  return [
    style.warn(say(language, 'restore.plan.minutes', { minutes: loss.minutes, undo: plan === 'undo' })),
    ...(lines.length === 0 ? [`  ${say(language, 'restore.plan.no-rows')}`] : shown.map((line) => `  ${line}`)),
    ...(more > 0 ? [`  ${say(language, 'restore.plan.more-tables', { count: more })}`] : []),
  ]
}

function warningLines(warnings: readonly PlanWarning[], language: Language): string[] {
  return warnings.map(({ message }) => style.warn(`⚠️ ${message[language]}`))
}

/** What happened, where the state before is, and how to take it back. */
export function resultScreen(plan: RestorePlan, result: RestoreResult, language: Language): string {
  const { from, target, safety, quarantine } = result
  const count = result.restored.length + result.removed.length
  return [
    ...settledLines(result, language),
    count === 0
      ? say(language, 'restore.plan.nothing', { target, from })
      : style.good(headline(plan, result, language)),
    ...(result.service.started ? [say(language, 'restore.started')] : []),
    ...warningLines(result.warnings, language),
    ...(quarantine === null ? [] : [say(language, 'restore.kept', { safety, quarantine })]),
    nextLine(plan, result, language),
  ].join('\n')
}

function settledLines({ resumed }: RestoreResult, language: Language): string[] {
  if (resumed === null) return []
  return [style.warn(say(language, 'restore.settled', { id: resumed.id, done: resumed.ended === 'done' }))]
}

function headline(plan: RestorePlan, { from, target, restored, removed }: RestoreResult, language: Language): string {
  if (plan.plan === 'undo')
    return say(language, 'restore.undone', { id: from, count: restored.length + removed.length })
  const code = plan.inPlace ? 'restore.done' : 'restore.laid-out'
  return say(language, code, { from, target, count: restored.length })
}

function nextLine(plan: RestorePlan, { id }: RestoreResult, language: Language): string {
  if (!plan.inPlace) return say(language, 'front.next', { command: `ls -la '${plan.target}'` })
  return id === null ? say(language, 'front.next', { command: 'pulih status' }) : say(language, 'restore.undo-hint')
}

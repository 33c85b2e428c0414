import { statSync } from 'node:fs'
import { keysIn } from '../app/config-file.ts'
import { keysWithoutEffect } from '../app/config-keys.ts'
import { readConfig } from '../app/open.ts'
import { Secret } from '../app/secret.ts'
import { isPulihError } from '../error.ts'
import { nearest } from '../message/nearest.ts'
import { note } from '../message/phrases.ts'
import { isZone } from '../time/zone.ts'
import { type Advice, editing, info, type Patient, quoted, warning } from './doctor.ts'

/** Names that automatic triggers have; any other may be a host's own. */
const triggerNames = [
  ...['daily_scheduled', 'weekly_scheduled', 'startup', 'shutdown', 'before_migration', 'before_deployment'],
  ...['before_bulk_operations', 'before_asset_operations', 'before_bot_restart'],
]

/** What is allowed in a configuration and still not wise. */
export async function lookAtConfig(patient: Patient): Promise<Advice[]> {
  return [...aboutSecrets(patient), ...aboutSwitches(patient), ...aboutZone(patient)]
}

function aboutSecrets(patient: Patient): Advice[] {
  const { config, configPath } = patient.app
  const literal = config.literalSecrets.map((key) =>
    warning(note('doctor.secret-literal', { key }), editing(patient.app.configPath)),
  )
  const open = configPath !== null && literal.length > 0 && (statSync(configPath).mode & 0o077) !== 0
  return [
    ...literal,
    ...(open ? [warning(note('doctor.config-readable', { path: configPath }), `chmod 600 ${quoted(configPath)}`)] : []),
    ...[...secretsOf(config)].flatMap((secret) => missingSecret(secret)),
  ]
}

function* secretsOf(value: unknown): Generator<Secret> {
  if (value instanceof Secret) yield value
  else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) yield* secretsOf(one)
}

function missingSecret(secret: Secret): Advice[] {
  try {
    secret.reveal()
    return []
  } catch (error) {
    if (!isPulihError(error, 'config.secret')) throw error
    const [en, fix] = error.words('en')
    const command = fix.slice(fix.indexOf(': ') + 2)
    return [warning(note('doctor.secret-missing', { en, id: error.words('id')[0] }), command)]
  }
}

function aboutSwitches(patient: Patient): Advice[] {
  const { app } = patient
  if (app.configPath === null) return [info(note('doctor.config-absent', { app: app.folders.app }), 'pulih init')]
  const edit = editing(patient.app.configPath)
  const written = keysWritten(app.configPath)
  const { autoBackupTriggers, criticalOperations, enabled, alerts } = app.config
  const known = [...triggerNames, ...criticalOperations]
  const typos = (autoBackupTriggers ?? []).filter((name) => !known.includes(name) && nearest(name, known) !== null)
  return [
    ...(enabled ? [] : [warning(note('doctor.disabled'), edit)]),
    ...typos.map((name) => warning(note('doctor.trigger-unknown', { name, near: nearest(name, known) ?? '' }), edit)),
    ...keysWithoutEffect
      .filter((key) => written.has(key))
      .map((key) => info(note('doctor.config-no-effect', { key }), edit)),
    ...(alerts.order.length === 0 ? [info(note('doctor.no-alerts'), edit)] : []),
  ]
}

/** None when the file cannot be read: that is an advice of its own already. */
function keysWritten(path: string): ReadonlySet<string> {
  try {
    return keysIn(readConfig(path), path)
  } catch (error) {
    if (!isPulihError(error)) throw error
    return new Set()
  }
}

function aboutZone(patient: Patient): Advice[] {
  const { app, env } = patient
  if (app.config.timeZone !== null) return []
  const named = env.TZ?.replace(/^:/, '') ?? ''
  if (named !== '' && !isZone(named))
    return [warning(note('doctor.zone-unknown', { named, used: app.zone }), editing(patient.app.configPath))]
  return [info(note('doctor.zone-system', { zone: app.zone }), editing(patient.app.configPath))]
}

import type { App } from '../../app/app.ts'
import type { VerifyResult } from '../../backup/verify.ts'
import type { BackupEntry } from '../../catalogue/types.ts'
import { PulihError } from '../../error.ts'
import { frontPhrases as words } from '../../message/phrases/front.ts'
import { say } from '../../message/phrases.ts'
import type { Language } from '../../message/sentence.ts'
import type { Call, Command, Outcome } from '../command.ts'
import { duration } from '../show/format.ts'
import { style } from '../show/style.ts'

export const command: Command = {
  name: 'verify',
  summary: words['verify.summary'],
  positionals: [{ name: 'NAME', optional: true, many: true }],
  options: { all: { type: 'boolean', summary: words['verify.option.all'] } },
  examples: [
    'pulih verify',
    'pulih verify backup_manual_20250802_120000',
    'pulih verify --all',
    'pulih verify --all --json',
  ],
  async run(call) {
    const app = await call.app()
    const backups = await chosen(app, call)
    const { verifyBackups } = await import('../../backup/verify.ts')
    return outcomeOf(await verifyBackups(app, backups, { signal: call.signal, progress: call.progress }), call)
  },
}

/** The named ones, all, or the newest; throws when there is nothing to look at, for that would prove nothing. */
async function chosen(app: App, { positionals, options }: Call): Promise<readonly BackupEntry[]> {
  const { findBackup, listBackups } = await import('../../catalogue/catalogue.ts')
  const named = [...new Set(positionals)]
  if (options.all === true && named.length > 0) {
    throw new PulihError('usage.extra', { found: named[0]!, usage: 'pulih verify --all' })
  }
  if (named.length > 0) return Promise.all(named.map((name) => findBackup(app, name)))
  const backups = await listBackups(app)
  if (backups.length === 0) throw new PulihError('backup.none-proven', { count: 0 })
  return options.all === true ? backups : backups.slice(0, 1)
}

function outcomeOf(results: readonly VerifyResult[], { global }: Call): Outcome {
  const bad = results.filter((one) => one.findings.length > 0)
  return {
    exit: bad.length > 0 ? 1 : 0,
    json: {
      results: results.map(({ name, state, findings, durationMs }) => ({
        name,
        state,
        findings: findings.map((one) => ({ ...one, message: say(global.language, `finding.${one.code}`, one) })),
        durationMs,
      })),
    },
    text: (language) => [...results.map((one) => lineOf(one, language)), ending(results, bad, language)].join('\n'),
  }
}

function lineOf({ name, state, findings, durationMs }: VerifyResult, language: Language): string {
  const spent = duration(durationMs, language)
  if (findings.length === 0) {
    const code = state === 'proven' ? 'verify.proven' : 'verify.sound'
    return style.good(say(language, code, { name, spent }))
  }
  const heads = say(language, 'verify.found', { name, count: findings.length })
  return [style.bad(heads), ...findings.map((one) => `  ${say(language, `finding.${one.code}`, one)}`)].join('\n')
}

function ending(results: readonly VerifyResult[], bad: readonly VerifyResult[], language: Language): string {
  if (bad.length === 0) return say(language, 'verify.all-good', { count: results.length })
  return say(language, 'verify.some-bad', { bad: bad.length, count: results.length })
}

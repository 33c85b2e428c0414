import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { isPulihError } from '../error.ts'
import type { ConfigProblem } from '../message/errors/config.ts'
import { defaultConfig, keysIn, parseConfig } from './config-file.ts'

const golden = (name: string) => readFileSync(join(import.meta.dirname, '../../test/golden/config', name), 'utf8')
const parse = (value: unknown) => parseConfig(JSON.stringify(value), 'config.json')

/** Every problem of a wrong configuration, as `key: what`. */
function problemsOf(value: unknown): readonly ConfigProblem[] {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 1)
  try {
    parseConfig(text, 'config.json')
  } catch (error) {
    if (isPulihError(error, 'config.invalid')) {
      assert.equal(error.exit, 2)
      return (error.facts as { problems: readonly ConfigProblem[] }).problems
    }
    throw error
  }
  throw new assert.AssertionError({ message: `accepted: ${text}` })
}

function words(value: unknown, language: 'en' | 'id' = 'en'): string {
  try {
    parse(value)
  } catch (error) {
    if (isPulihError(error)) return error.words(language)[0]
    throw error
  }
  return 'accepted'
}

describe('the three forms', () => {
  it("the founding document's file works unchanged and alone", () => {
    const config = parseConfig(golden('founding.json'), 'config.json')
    assert.deepEqual(config, {
      ...defaultConfig(),
      enabled: true,
      maxBackups: 10,
      autoBackupTriggers: ['before_migration', 'before_deployment', 'daily_scheduled', 'before_bulk_operations'],
      schedule: { daily: '02:00', weekly: null },
    })
  })

  it("the predecessor's fuller file works unchanged, and every key of it counts", () => {
    const config = parseConfig(golden('predecessor.json'), 'config.json')
    assert.deepEqual(config.schedule, { daily: '02:00', weekly: { weekday: 0, time: '03:00' } })
    assert.deepEqual(config.retention, { daily: 7, weekly: 4, monthly: 12, migration: 5 })
    assert.equal(config.maxBackupAgeMs, 30 * 86_400_000)
    assert.equal(config.minBackupsRequired, 3)
    assert.deepEqual(config.databases, ['finance_bot.db', 'data/assets.db'])
    assert.deepEqual(config.criticalFiles, ['main.py', 'src', 'config/*.json', 'requirements.txt'])
    assert.equal(config.archiveDirectory, 'backups/archive')
    assert.equal(config.notifications.backupSuccess, true)
    assert.equal(config.recovery.rollbackPoints, 5)
    assert.deepEqual(config.criticalOperations, ['bulk_delete_assets', 'database_migration'])
  })

  it('ours adds its sections, keeps the written order of the channels, and takes Indonesian weekdays', () => {
    const config = parseConfig(golden('ours.json'), 'config.json')
    assert.deepEqual(config.schedule, { daily: '02:00', weekly: { weekday: 0, time: '03:00' } })
    assert.deepEqual(config.lifecycle, { startup: false, shutdown: true })
    assert.deepEqual(config.alerts.order, ['email', 'telegram', 'webhook'])
    assert.equal(config.alerts.telegram?.chatId, '-1001234567890')
    assert.equal(config.alerts.email?.port, 587)
    assert.deepEqual(config.alerts.quietHours, { from: '22:00', to: '06:00' })
    assert.deepEqual(config.minInterval, { startup: 1_800_000, shutdown: 600_000, critical_operation: 15_000 })
    assert.equal(config.thresholds.drillMaxAgeMs, 14 * 86_400_000)
    assert.equal(config.invariants[0]?.tolerance, 2)
    assert.equal(config.timeZone, 'Asia/Jakarta')
    assert.deepEqual(config.literalSecrets, ['alerts.webhook.url'])
  })

  it('takes every key at the top, under backup_config, or under its heading, wherever the headings stand', () => {
    const spread = {
      max_backups: 4,
      backup_config: {
        language: 'id',
        daily_backup: '03:15',
        backup_paths: { databases: ['a.db'] },
        retention_policy: { daily_backups: 2, max_backup_age_days: 2 },
      },
      backup_schedule: { weekly_full_backup: 'sat 4:00' },
      monthly_backups: 3,
    }
    const config = parse(spread)
    assert.deepEqual(
      [config.maxBackups, config.language, config.schedule, config.databases, config.retention, config.maxBackupAgeMs],
      [
        4,
        'id',
        { daily: '03:15', weekly: { weekday: 6, time: '04:00' } },
        ['a.db'],
        { daily: 2, weekly: 4, monthly: 3, migration: 5 },
        2 * 86_400_000,
      ],
    )
    assert.deepEqual(keysIn(JSON.stringify({ backup_config: { journal: true } }), 'x'), new Set(['journal']))
  })

  it('null and false switch a schedule off', () => {
    assert.deepEqual(parse({ daily_backup: null }).schedule, { daily: null, weekly: null })
    assert.deepEqual(parse({ backup_schedule: { daily_backup: false } }).schedule.daily, null)
  })
})

describe('wrong values', () => {
  const table: readonly [title: string, value: unknown, keys: readonly string[]][] = [
    ['a number as text', { backup_config: { max_backups: 'ten' } }, ['backup_config.max_backups']],
    ['zero backups', { backup_config: { max_backups: 0 } }, ['backup_config.max_backups']],
    ['half a backup', { max_backups: 2.5 }, ['max_backups']],
    ['a time that does not exist', { backup_schedule: { daily_backup: '25:00' } }, ['backup_schedule.daily_backup']],
    ['an unknown weekday', { weekly_full_backup: 'Someday 03:00' }, ['weekly_full_backup']],
    ['a flag as text', { enabled: 'yes' }, ['enabled']],
    ['a section that is a list', { backup_paths: [] }, ['backup_paths']],
    ['the main heading as text', { backup_config: 'x' }, ['backup_config']],
    ['a file that is a list', [], ['{}']],
    ['an absolute database', { backup_paths: { databases: ['a.db', '/etc/x.db'] } }, ['backup_paths.databases[1]']],
    ['a database above the app', { backup_paths: { databases: ['data/../../x.db'] } }, ['backup_paths.databases[0]']],
    ['the app itself as a database', { backup_paths: { databases: ['.'] } }, ['backup_paths.databases[0]']],
    [
      'a database in the backup folder',
      { backup_paths: { databases: ['backups/x.db'] } },
      ['backup_paths.databases[0]'],
    ],
    [
      'a home folder that nobody expands',
      { backup_paths: { backup_directory: '~/b' } },
      ['backup_paths.backup_directory'],
    ],
    ['an unknown zone', { time_zone: 'Asia/Jkarta' }, ['time_zone']],
    ['an unknown language', { language: 'fr' }, ['language']],
    ['an unknown proof', { proof: 'never' }, ['proof']],
    ['a duration without sense', { min_interval: { startup: 'soon' } }, ['min_interval.startup']],
    ['a vault pulih cannot reach', { vault: { repository: 'b2:bucket', password: 'x' } }, ['vault.repository']],
    ['a vault without password', { vault: { repository: '/mnt/x' } }, ['vault.password']],
    ['an alert channel half made', { alerts: { telegram: {} } }, ['alerts.telegram.token', 'alerts.telegram.chat_id']],
    [
      'a secret that is neither env nor file',
      { vault: { repository: '/x', password: { en: 'A' } } },
      ['vault.password'],
    ],
    [
      'a query that changes data',
      { invariants: [{ name: 'a', database: 'a.db', sql: 'DELETE FROM t' }] },
      ['invariants[0].sql'],
    ],
    [
      'an invariant of a database that is not listed',
      { backup_paths: { databases: ['a.db'] }, invariants: [{ name: 'a', database: 'b.db', sql: 'SELECT 1' }] },
      ['invariants[0].database'],
    ],
    [
      'two invariants of one name',
      { invariants: [1, 2].map(() => ({ name: 'a', database: 'b.db', sql: 'SELECT 1' })) },
      ['invariants[1].name'],
    ],
    [
      'the same key in two places',
      { max_backups: 3, backup_config: { max_backups: 4 } },
      ['backup_config.max_backups'],
    ],
    ['the same key twice in one place', '{"max_backups": 1, "max_backups": 2}', ['max_backups']],
    ['names of JavaScript itself', { toString: 1, constructor: 2 }, ['toString', 'constructor']],
  ]
  for (const [title, value, keys] of table) {
    it(`${title} is refused by its key: ${keys.join(', ')}`, () => {
      assert.deepEqual(
        problemsOf(value).map((problem) => problem.key),
        keys,
      )
    })
  }

  it('reports every problem of the file at once, in the order of its lines', () => {
    const problems = problemsOf({
      enabled: 1,
      backup_config: { max_backups: -1, languge: 'id' },
      proof: 'no',
      x_y_z: 1,
    })
    assert.deepEqual(
      problems.map(({ key, line }) => [key, line]),
      [
        ['enabled', 2],
        ['backup_config.max_backups', 4],
        ['backup_config.languge', 5],
        ['proof', 7],
        ['x_y_z', 8],
      ],
    )
  })

  it('says which key, what was found and what is allowed, in both languages', () => {
    const wrong = { backup_config: { max_backups: 'ten' } }
    assert.equal(
      words(wrong),
      'config.json: line 1: backup_config.max_backups is "ten"; allowed: a whole number from 1 to 10000',
    )
    assert.match(words(wrong, 'id'), /baris 1: backup_config.max_backups berisi "ten"; yang boleh: bilangan bulat/)
    const two = { proof: 'no', quiet: 1 }
    assert.match(
      words(two),
      /2 things are wrong\n {2}line 1: .*\n {2}line 1: proof is "no"; allowed: "always", "stored", "scheduled"$/,
    )
  })

  it('shows a stray value where no secret can be, and dots where one could', () => {
    assert.match(words({ auto_backup_triggers: 'daily' }), /is "daily"; allowed: a list/)
    assert.match(words({ alerts: { webhook: 'sesame' } }), /is "••••"; allowed: an object/)
    assert.match(words({ vault: { repository: '/x', password: 123_456 } }), /vault\.password is "••••"/)
  })

  const meant: readonly [unknown, string | null][] = [
    [{ max_backup: 3 }, 'max_backups'],
    [{ backup_config: { max_bakcups: 3 } }, 'backup_config.max_backups'],
    [{ backup_config: { backup_shedule: {} } }, 'backup_config.backup_schedule'],
    [{ smoke_test: 'x' }, 'app.smoke_test'],
    [{ app: { smoketest: 'x' } }, 'app.smoke_test'],
    [{ backup_schedule: { dayly_backup: '02:00' } }, 'backup_schedule.daily_backup'],
    [{ backup_schedule: { language: 'id' } }, 'language'],
    [{ qqqqqqqqqqqq: 1 }, null],
  ]
  for (const [value, near] of meant) {
    it(`${JSON.stringify(value)}: did you mean ${near}?`, () => {
      const [problem] = problemsOf(value)
      assert.equal(problem?.kind === 'unknown' ? problem.near : 'not unknown', near)
    })
  }
})

describe('secrets', () => {
  const canary = '7123456789:AAcanaryCanaryCanaryCanaryCanary00'

  it('never stand in an error, wherever they were written by mistake', () => {
    const places: unknown[] = [
      { alerts: { telegram: canary } },
      { alerts: { telegram: { token: [canary], chat_id: 1 } } },
      { alerts: { telegram: { token: { env: 'T' }, chat_id: canary } } },
      { alerts: { telegram: { token: { env: 'T' }, chat_id: 1, api_root: `ftp://x/bot${canary}` } } },
      { alerts: canary },
      { time_zone: canary },
      { vault: { repository: `b2:${canary}`, password: { env: canary } } },
      { max_backups: `https://operator:pass-${'word'}@example.org` },
    ]
    for (const value of places) {
      for (const language of ['en', 'id'] as const) {
        const said = words(value, language)
        assert.notEqual(said, 'accepted')
        assert.doesNotMatch(said, /canary|pass-word/i, said)
      }
    }
  })

  it('a syntax error shows its place, not the text around it', () => {
    assert.throws(
      () => parseConfig(`{"alerts": {"telegram": {"token": ${canary}}}}`, 'config.json'),
      (error) => isPulihError(error, 'config.syntax') && !inspect(error).includes('canary'),
    )
  })

  it('are looked up when they are revealed, and a missing one names its key', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pulih-secret-'))
    try {
      const env: NodeJS.ProcessEnv = {}
      const text = golden('ours.json')
      const config = parseConfig(text, 'config.json', { env, folder })
      const token = config.alerts.telegram?.token
      assert.throws(
        () => token?.reveal(),
        (error) =>
          isPulihError(error, 'config.secret') &&
          error.message.includes('alerts.telegram.token') &&
          error.message.includes('PULIH_TELEGRAM_TOKEN'),
      )
      env.PULIH_TELEGRAM_TOKEN = canary
      assert.equal(token?.reveal(), canary)
      assert.doesNotMatch(inspect(config, { depth: 9 }) + JSON.stringify(config) + String(token), /canary/i)

      const password = config.alerts.email?.password
      assert.throws(() => password?.reveal(), /alerts\.email\.password.*ENOENT/)
      const own = parseConfig(text.replace('secrets/smtp', 'smtp'), 'config.json', { env, folder })
      writeFileSync(join(folder, 'smtp'), 'sesame\n')
      assert.equal(own.alerts.email?.password?.reveal(), 'sesame')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('written in the file they work, and are on record for doctor', () => {
    const config = parse({ backup_config: { vault: { repository: '/mnt/v', password: 'sesame' } } })
    assert.equal(config.vault?.password.reveal(), 'sesame')
    assert.deepEqual(config.literalSecrets, ['backup_config.vault.password'])
  })
})

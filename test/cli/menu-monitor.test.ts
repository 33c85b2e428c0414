import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { makeBot } from '../../src/demo/bot.ts'
import { pulihJson } from '../fixture/pulih.ts'
import { tempFolder } from '../fixture/temp-folder.ts'
import { talk } from './talk.ts'

const spoken = {
  en: {
    health: /health of bot[\s\S]*✅ backups:[\s\S]*report: .*health_report_\d{8}_\d{6}/,
    status: /Database health +2\/2 healthy[\s\S]*■/,
    integrity: /✅ databases: 2\/2 databases healthy/,
    same: 'same as: ',
    wrong: /"7" is not on the menu; a number from 1 to 5/,
  },
  id: {
    health: /kesehatan bot[\s\S]*✅ ketersediaan backup:[\s\S]*laporan: .*health_report_\d{8}_\d{6}/,
    status: /database +2\/2 sehat[\s\S]*■/,
    integrity: /✅ integritas database: 2\/2 database sehat/,
    same: 'sama dengan: ',
    wrong: /"7"[\s\S]*1 sampai 5/,
  },
} as const

describe('the monitor menu, piped', () => {
  const folder = tempFolder()
  const app = folder.join('bot')
  before(async () => {
    await makeBot(app, { transactions: 500 })
    await pulihJson(['backup', '--dir', app], { exits: [0, 3] })
  })
  after(() => folder[Symbol.dispose]())

  for (const language of ['en', 'id'] as const)
    test(`1 to 4 do what they say and name their command, 5 leaves (${language})`, async () => {
      const words = spoken[language]
      const input = ['1', '2', '3', '4', '7', '5'].map((line) => `${line}\n`).join('')
      const { code, stdout } = await talk(['menu', 'monitor', '--lang', language], { cwd: app, input })
      assert.equal(code, 0)
      for (const said of [words.health, words.status, words.integrity, words.wrong]) assert.match(stdout, said)
      for (const line of ['health', 'monitor --once', 'status', 'health --only database-integrity'])
        assert.ok(stdout.includes(`${words.same}pulih ${line} --lang ${language}\n`), line)
      assert.doesNotMatch(stdout, /undefined|\[object/)
    })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeApp } from '../fixture/scratch-app.ts'
import { tempFolder } from '../fixture/temp-folder.ts'
import { hosts, manyAtOnce } from './hosts.ts'

for (const [language, host] of Object.entries(hosts)) {
  test(`${language}, no daemon: fifty calls at once queue, share few backups, each captured after its call`, async () => {
    using folder = tempFolder()
    const app = makeApp(folder.join('bot'), { mb: 0.1 })
    const backups = await manyAtOnce(host, app, 50)
    assert.ok(backups <= 6, `${backups} backups`)
  })
}

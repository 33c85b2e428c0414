import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { requireTool } from '../fixture/peer.ts'
import { pulih, pulihJson } from '../fixture/pulih.ts'
import { makeApp, type ScratchApp } from '../fixture/scratch-app.ts'
import { tempFolder } from '../fixture/temp-folder.ts'

describe('metrics', () => {
  const folder = tempFolder()
  let app: ScratchApp
  const metrics = async (...words: string[]) => await pulih(['metrics', '--dir', app.path, ...words])

  before(async () => {
    app = makeApp(folder.join('bot "one"\\two'))
    await pulihJson(['backup', '--dir', app.path])
    await pulihJson(['drill', '--dir', app.path])
  })
  after(() => folder[Symbol.dispose]())

  test('every line is one the text format allows, each family once with its help and type', async () => {
    const { stdout, code } = await metrics()
    assert.equal(code, 0)
    const samples = parse(stdout)
    const label = '{app="bot \\"one\\"\\\\two"}'
    assert.equal(samples.get(`pulih_databases_healthy${label}`), 2)
    assert.equal(samples.get(`pulih_last_backup_success${label}`), 1)
    assert.equal(samples.get(`pulih_last_drill_success${label}`), 1)
    assert.equal(samples.get(`pulih_backups${label.replace('}', ',state="proven"}')}`), 1)
    const proven = samples.get(`pulih_last_proven_backup_timestamp_seconds${label}`) ?? 0
    assert.ok(Math.abs(proven - Date.now() / 1000) < 600)
    assert.ok([...samples].every(([, value]) => Number.isFinite(value)))
  })

  test('it reads the same in both languages', async () => {
    const names = async (language: string) => [...parse((await metrics('--lang', language)).stdout).keys()]
    assert.deepEqual(await names('id'), await names('en'))
  })

  test('promtool finds nothing to complain about', async (t) => {
    if (!requireTool(t, 'promtool')) return
    const { stdout } = await metrics()
    const seen = spawnSync('promtool', ['check', 'metrics'], { input: stdout, encoding: 'utf8' })
    assert.deepEqual([seen.status, seen.stdout, seen.stderr], [0, '', ''])
  })

  test('the text file appears whole, readable by the collector, and ends with a line end', async () => {
    const path = folder.join('pulih.prom')
    const { stdout } = await metrics('--textfile', path)
    assert.match(stdout, /pulih\.prom/)
    assert.equal(statSync(path).mode & 0o777, 0o644)
    const text = readFileSync(path, 'utf8')
    assert.ok(text.endsWith('\n') && parse(text).size > 10)
    const json = await pulihJson<{ metrics: readonly { name: string }[] }>(['metrics', '--dir', app.path])
    assert.ok(json.metrics.some(({ name }) => name === 'pulih_daemon_up'))
  })
})

/** Name and labels -> value. Stricter than Prometheus: gauges only, help and type before the samples of one family. */
function parse(text: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>()
  const families = new Set<string>()
  let family = ''
  let helped = ''
  for (const line of text.trimEnd().split('\n')) {
    const help = /^# HELP (pulih_[a-z_]+) \S.*\.$/.exec(line)
    const type = /^# TYPE (pulih_[a-z_]+) gauge$/.exec(line)
    if (help !== null) helped = help[1] ?? ''
    else if (type !== null) {
      assert.equal(type[1], helped)
      family = helped
      assert.ok(!families.has(family), `${family} comes twice`)
      families.add(family)
    } else {
      const sample = /^([a-z_]+)(\{(?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)+\}) (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.exec(
        line,
      )
      assert.ok(sample, `not a line of the text format: ${line}`)
      assert.equal(sample[1], family)
      assert.ok(!samples.has(`${sample[1]}${sample[2]}`), line)
      samples.set(`${sample[1]}${sample[2]}`, Number(sample[3]))
    }
  }
  return samples
}

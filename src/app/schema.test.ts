import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { accepts } from '../../test/fixture/json-schema.ts'
import { configPhrases } from '../message/phrases/config.ts'
import { parseConfig } from './config-file.ts'
import { configSchema } from './schema.ts'

const golden = (name: string) => readFileSync(join(import.meta.dirname, '../../test/golden/config', name), 'utf8')
const schema = configSchema('en')

describe('the JSON Schema', () => {
  for (const name of ['founding.json', 'predecessor.json', 'ours.json']) {
    it(`accepts ${name}`, () => assert.equal(accepts(schema, JSON.parse(golden(name))), true))
  }

  const wrong: readonly unknown[] = [
    [],
    { max_backup: 1 },
    { backup_config: { max_backups: 'ten' } },
    { backup_config: { backup_config: {} } },
    { backup_schedule: { daily_backup: '25:00' } },
    { alerts: { telegram: { token: { env: 'A', file: 'b' }, chat_id: 1 } } },
    { vault: { repository: '/x' } },
    { proof: 'never' },
    { enabled: null },
    { backup_paths: { databases: 'a.db' } },
  ]
  for (const value of wrong) {
    it(`refuses ${JSON.stringify(value)}, as the parser does`, () => {
      assert.equal(accepts(schema, value), false)
      assert.throws(() => parseConfig(JSON.stringify(value), 'x'))
    })
  }

  it('describes every key that it knows, in both languages, and describes nothing else', () => {
    const described = new Set<string>()
    const collect = (node: unknown, key: string): void => {
      if (typeof node !== 'object' || node === null) return
      if ('description' in node) described.add(key)
      const { properties = {}, items, anyOf = [] } = node as Record<string, Record<string, unknown>>
      for (const [name, child] of Object.entries(properties)) {
        if (typeof child === 'object' && child !== null && '$ref' in child) continue
        collect(child, key === '' ? name : `${key}.${name}`)
      }
      collect(items, `${key}[]`)
      for (const one of Object.values(anyOf)) collect(one, key)
    }
    collect(schema, '')
    for (const [name, node] of Object.entries(schema.$defs as Record<string, unknown>)) collect(node, name)
    const known = Object.keys(configPhrases).map((code) => code.replace('config.key.', ''))
    assert.deepEqual([...described].sort(), known.sort())
    assert.notEqual(JSON.stringify(configSchema('id')), JSON.stringify(schema))
  })

  it('has a description for every property of every section', () => {
    const bare: string[] = []
    const visit = (node: unknown, key: string): void => {
      if (typeof node !== 'object' || node === null) return
      const { properties = {}, items, anyOf = [] } = node as Record<string, Record<string, unknown>>
      for (const [name, child] of Object.entries(properties as Record<string, Record<string, unknown>>)) {
        const inner = `${key}.${name}`
        if (!('description' in child || '$ref' in child) && !/\.(env|file|from|to)$/.test(inner)) bare.push(inner)
        visit(child, inner)
      }
      visit(items, `${key}[]`)
      for (const one of Object.values(anyOf)) visit(one, key)
    }
    for (const [name, node] of Object.entries(schema.$defs as Record<string, unknown>)) visit(node, name)
    assert.deepEqual(bare, [])
  })
})

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { parseConfig } from '../../src/app/config-file.ts'
import { checks } from '../../src/check/all.ts'

const page = (language: string, name: string): string =>
  readFileSync(join(import.meta.dirname, '../../doc', language, `${name}.md`), 'utf8')

describe('the pages about alerts and the vault', () => {
  for (const language of ['en', 'id'])
    for (const name of ['alerts', 'vault'])
      test(`${language}/${name}: every configuration in it is one that works`, () => {
        const blocks = [...page(language, name).matchAll(/```json\n([\s\S]*?)```/g)]
        assert.ok(blocks.length > 0)
        for (const [, text] of blocks) parseConfig(text ?? '', name)
      })

  for (const language of ['en', 'id'])
    test(`${language}: every alert of every check has its line`, () => {
      const text = page(language, 'alerts')
      const families = checks.flatMap((one) => one.families).filter((family) => !family.startsWith('exposed-'))
      assert.deepEqual(
        families.filter((family) => !text.includes(`\`${family}`)),
        [],
      )
    })

  test('both languages name the same commands and keys', () => {
    const words = (language: string, name: string) =>
      new Set([...page(language, name).matchAll(/`(pulih [a-z ]+|[a-z]+-[a-z-]+)/g)].map(([, word]) => word?.trim()))
    for (const name of ['alerts', 'vault']) assert.deepEqual(words('id', name), words('en', name))
  })
})

import { configPhrases } from '../message/phrases/config.ts'
import { say } from '../message/phrases.ts'
import type { Language } from '../message/sentence.ts'
import { groups, keys, mainGroup } from './config-keys.ts'
import { fieldSchema, type JsonSchema } from './config-shape.ts'

/** The file that `init` writes beside the configuration, whose `$schema` names it. */
export const schemaName = 'backup_config.schema.json'

/**
 * The configuration as JSON Schema (draft 2020-12), made from the same table that the parser reads. It accepts all three
 * forms; what only shows in the whole (a key given twice, an invariant of an unlisted database) the parser alone sees.
 */
export function configSchema(language: Language): JsonSchema {
  const about = (key: string) => {
    const code = `config.key.${key}`
    return isDescribed(code) ? say(language, code) : undefined
  }
  const names = Object.keys(keys) as (keyof typeof keys)[]
  const headings = Object.entries(groups).map(([name, members]) => [name, group(about(name), references(members))])
  const everything = references([...names, ...Object.keys(groups)])
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'config/backup_config.json (pulih)',
    type: 'object',
    properties: { $schema: { type: 'string' }, [mainGroup]: group(about(mainGroup), everything), ...everything },
    additionalProperties: false,
    $defs: {
      ...Object.fromEntries(headings),
      ...Object.fromEntries(names.map((name) => [name, fieldSchema(keys, name, about, name)])),
    },
  }
}

/** A key may stand in several places of the file; it is described once. */
function references(names: readonly string[]): JsonSchema {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/$defs/${name}` }]))
}

function group(description: string | undefined, properties: JsonSchema): JsonSchema {
  return {
    ...(description === undefined ? {} : { description }),
    type: 'object',
    properties,
    additionalProperties: false,
  }
}

function isDescribed(code: string): code is keyof typeof configPhrases {
  return Object.hasOwn(configPhrases, code)
}

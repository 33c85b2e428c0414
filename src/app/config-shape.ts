import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { PulihError } from '../error.ts'
import type { Allowed, ConfigProblem } from '../message/errors/config.ts'
import { nearest } from '../message/nearest.ts'
import type { JsonNode } from './config-json.ts'
import { Secret } from './secret.ts'

/**
 * What a key may hold, said once: the reader and the JSON Schema both come from it. Reading never throws; what is wrong
 * goes into the context's problems, all of it, and null stands in for the value.
 */
export interface Shape<T> {
  readonly allowed: Allowed
  read(node: JsonNode, key: string, reading: Reading): T | null
  schema(about: (key: string) => string | undefined, key: string): JsonSchema
}

export type JsonSchema = Readonly<Record<string, unknown>>

/** One pass over one file. */
export interface Reading {
  readonly problems: ConfigProblem[]
  readonly literalSecrets: string[]
  /** Where `{"env": …}` looks, at the moment a secret is needed. */
  readonly env: NodeJS.ProcessEnv
  /** What `{"file": …}` is relative to: the app's folder. */
  readonly folder: string
}

/** A key of a section: required, or with what holds when it is not there. */
export type Field<T> =
  | { readonly shape: Shape<T>; readonly missing: T }
  | { readonly shape: Shape<T>; readonly required: true }
export type Fields = Readonly<Record<string, Field<unknown>>>
export type FieldValues<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends { readonly shape: Shape<infer V>; readonly missing: infer M }
    ? V | M
    : F[K] extends { readonly shape: Shape<infer V> }
      ? V
      : never
}

export function optional<T, const M>(shape: Shape<T>, missing: M): { readonly shape: Shape<T>; readonly missing: M } {
  return { shape, missing }
}

export function required<T>(shape: Shape<T>): { readonly shape: Shape<T>; readonly required: true } {
  return { shape, required: true }
}

/** A shape of one JSON scalar: `parse` gives null for what is not allowed. */
function scalar<T>(
  allowed: Allowed,
  schema: JsonSchema,
  parse: (value: string | number | boolean | null) => T | null,
): Shape<T> {
  return {
    allowed,
    schema: () => schema,
    read(node, key, reading) {
      const plain =
        node.kind === 'object' || node.kind === 'list' ? undefined : node.kind === 'null' ? null : node.value
      const value = plain === undefined ? null : parse(plain)
      if (value === null) wrong(node, key, allowed, reading)
      return value
    },
  }
}

/** A shape of text alone. */
export function textual<T>(allowed: Allowed, schema: JsonSchema, parse: (text: string) => T | null): Shape<T> {
  return scalar(allowed, { type: 'string', ...schema }, (value) => (typeof value === 'string' ? parse(value) : null))
}

export const flag: Shape<boolean> = scalar({ kind: 'flag' }, { type: 'boolean' }, (value) =>
  typeof value === 'boolean' ? value : null,
)

export const text: Shape<string> = textual({ kind: 'text' }, { minLength: 1 }, (value) =>
  value.trim() === '' ? null : value,
)

export function whole(min: number, max: number): Shape<number> {
  return scalar({ kind: 'whole', min, max }, { type: 'integer', minimum: min, maximum: max }, (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : null,
  )
}

export function amount(min: number, max: number): Shape<number> {
  return scalar({ kind: 'number', min, max }, { type: 'number', minimum: min, maximum: max }, (value) =>
    typeof value === 'number' && value >= min && value <= max ? value : null,
  )
}

export function choice<const V extends string>(...values: readonly V[]): Shape<V> {
  return textual({ kind: 'choice', values }, { enum: values }, (value) => values.find((one) => one === value) ?? null)
}

/** Text, or a number written as such. */
export function textOrNumber<T>(allowed: Allowed, schema: JsonSchema, parse: (text: string) => T | null): Shape<T> {
  return scalar(allowed, { type: ['string', 'number'], ...schema }, (value) =>
    typeof value === 'string' || typeof value === 'number' ? parse(String(value)) : null,
  )
}

/** `null` or `false` switch it off. */
export function orOff<T>(shape: Shape<T>): Shape<{ readonly on: T | null }> {
  return {
    allowed: { kind: 'or-off', of: shape.allowed },
    schema: (about, key) => ({ anyOf: [shape.schema(about, key), { enum: [null, false] }] }),
    read(node, key, reading) {
      if (node.kind === 'null' || (node.kind === 'flag' && !node.value)) return { on: null }
      if (node.kind === 'object' || node.kind === 'list')
        return wrong(node, key, { kind: 'or-off', of: shape.allowed }, reading)
      const on = shape.read(node, key, reading)
      return on === null ? null : { on }
    },
  }
}

export function list<T>(of: Shape<T>): Shape<readonly T[]> {
  const allowed: Allowed = { kind: 'list', of: of.allowed }
  return {
    allowed,
    schema: (about, key) => ({ type: 'array', items: of.schema(about, `${key}[]`) }),
    read(node, key, reading) {
      if (node.kind !== 'list') return wrong(node, key, allowed, reading)
      return node.items.flatMap((item, index) => of.read(item, `${key}[${index}]`, reading) ?? [])
    },
  }
}

/** One, or a list of them. */
export function oneOrMany<T>(of: Shape<T>): Shape<readonly T[]> {
  const many = list(of)
  return {
    allowed: many.allowed,
    schema: (about, key) => ({ anyOf: [of.schema(about, key), many.schema(about, key)] }),
    read(node, key, reading) {
      if (node.kind === 'list' || node.kind === 'object') return many.read(node, key, reading)
      const one = of.read(node, key, reading)
      return one === null ? null : [one]
    },
  }
}

/** An object whose names are free. */
export function record<T>(of: Shape<T>): Shape<Readonly<Record<string, T>>> {
  const allowed: Allowed = { kind: 'record', of: of.allowed }
  return {
    allowed,
    schema: (about, key) => ({ type: 'object', additionalProperties: of.schema(about, `${key}.*`) }),
    read(node, key, reading) {
      if (node.kind !== 'object') return wrong(node, key, allowed, reading)
      reportTwice(node, key, reading)
      const entries = [...node.members].flatMap(([name, member]) => {
        const value = of.read(member, under(key, name), reading)
        return value === null ? [] : [[name, value] as const]
      })
      return Object.fromEntries(entries)
    },
  }
}

/** Accepted and without effect in this version: any object or flag. */
export const inert: Shape<true> = {
  allowed: { kind: 'object' },
  schema: () => ({ type: ['object', 'boolean'] }),
  read: (node, key, reading) =>
    node.kind === 'object' || node.kind === 'flag' ? true : wrong(node, key, { kind: 'object' }, reading),
}

/** A token, password or address that holds one. */
export const secret: Shape<Secret> = {
  allowed: { kind: 'secret' },
  schema: () => ({
    anyOf: [
      { type: 'object', properties: { env: { type: 'string' } }, required: ['env'], additionalProperties: false },
      { type: 'object', properties: { file: { type: 'string' } }, required: ['file'], additionalProperties: false },
      { type: 'string', minLength: 1 },
    ],
  }),
  read(node, key, reading) {
    if (node.kind === 'text' && node.value.trim() !== '') {
      reading.literalSecrets.push(key)
      return new Secret(node.value)
    }
    const named = node.kind === 'object' && node.members.size === 1 ? [...node.members][0] : undefined
    if (named?.[1].kind !== 'text' || named[1].value.trim() === '') return wrong(node, key, { kind: 'secret' }, reading)
    const name = named[1].value
    if (named[0] === 'env' && /^[A-Za-z_]\w*$/.test(name)) return new Secret(() => fromVariable(key, name, reading.env))
    if (named[0] === 'file') return new Secret(() => fromFile(key, resolve(reading.folder, name)))
    return wrong(node, key, { kind: 'secret' }, reading)
  },
}

function fromVariable(key: string, name: string, env: NodeJS.ProcessEnv): string {
  const value = env[name]
  if (value === undefined || value === '')
    throw new PulihError('config.secret', { key, from: 'env', name, reason: null })
  return value
}

function fromFile(key: string, path: string): string {
  const refuse = (reason: string, cause?: unknown) =>
    new PulihError('config.secret', { key, from: 'file', name: path, reason }, { cause })
  let value: string
  try {
    value = readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw refuse(error instanceof Error && 'code' in error ? String(error.code) : 'unreadable', error)
  }
  if (value === '') throw refuse('empty')
  return value
}

export interface Section<F extends Fields> extends Shape<FieldValues<F>> {
  /** What holds when the whole section is not there; for sections without required keys. */
  readonly absent: FieldValues<F>
}

/** An object with known keys; an unknown one is a problem with the name that was likely meant. */
export function section<F extends Fields>(fields: F): Section<F> {
  const absent = Object.entries(fields).map(([name, field]) => [name, 'missing' in field ? field.missing : null])
  return {
    absent: Object.fromEntries(absent) as FieldValues<F>,
    allowed: { kind: 'object' },
    schema: (about, key) => ({
      type: 'object',
      properties: Object.fromEntries(
        Object.keys(fields).map((name) => [name, fieldSchema(fields, name, about, under(key, name))]),
      ),
      ...requiredNames(fields),
      additionalProperties: false,
    }),
    read(node, key, reading) {
      if (node.kind !== 'object') return wrong(node, key, { kind: 'object' }, reading)
      reportTwice(node, key, reading)
      const places = new Map<string, Place>()
      for (const [name, member] of node.members) {
        if (Object.hasOwn(fields, name)) places.set(name, { key: under(key, name), node: member })
        else reportUnknown(name, member.line, key, Object.keys(fields), reading)
      }
      return readFields(fields, places, { key, line: node.line }, reading)
    },
  }
}

/** Where a field was found: sections of the file may hold one field in more than one place. */
export interface Place {
  readonly key: string
  readonly node: JsonNode
}

/**
 * Reads every field from its place, in the order of the places. Null stands in for what is wrong, so look at
 * `reading.problems` before using the values.
 */
export function readFields<F extends Fields>(
  fields: F,
  places: ReadonlyMap<string, Place>,
  home: { readonly key: string; readonly line: number },
  reading: Reading,
): FieldValues<F> {
  const values = new Map<string, unknown>()
  for (const [name, { key, node }] of places) {
    const field = fields[name]!
    values.set(name, isUnset(node, field) ? null : field.shape.read(node, key, reading))
  }
  for (const [name, field] of Object.entries(fields)) {
    if (values.has(name)) continue
    if ('missing' in field) values.set(name, field.missing)
    else {
      const key = under(home.key, name)
      reading.problems.push({ kind: 'missing', key, line: home.line, allowed: field.shape.allowed })
    }
  }
  return Object.fromEntries(values) as FieldValues<F>
}

/** `"vault": null` says the same as no vault; where something else holds without the key, null would be a guess. */
function isUnset(node: JsonNode, field: Field<unknown>): boolean {
  return node.kind === 'null' && 'missing' in field && field.missing === null
}

export function fieldSchema(
  fields: Fields,
  name: string,
  about: (key: string) => string | undefined,
  key: string,
): JsonSchema {
  const field = fields[name]!
  const description = about(key)
  const standard = 'missing' in field ? plainDefault(field.missing) : undefined
  return {
    ...(description === undefined ? {} : { description }),
    ...('missing' in field && field.missing === null
      ? { anyOf: [field.shape.schema(about, key), { type: 'null' }] }
      : field.shape.schema(about, key)),
    ...(standard === undefined ? {} : { default: standard }),
  }
}

function plainDefault(missing: unknown): string | number | boolean | undefined {
  if (typeof missing === 'object' && missing !== null && 'on' in missing) return plainDefault(missing.on)
  return typeof missing === 'string' || typeof missing === 'number' || typeof missing === 'boolean'
    ? missing
    : undefined
}

function requiredNames(fields: Fields): { required?: readonly string[] } {
  const names = Object.keys(fields).filter((name) => 'required' in fields[name]!)
  return names.length === 0 ? {} : { required: names }
}

export function reportTwice(node: JsonNode & { kind: 'object' }, key: string, reading: Reading): void {
  for (const twice of node.twice) {
    const full = under(key, twice.key)
    reading.problems.push({ kind: 'twice', key: full, line: twice.line, other: full })
  }
}

export function reportUnknown(
  name: string,
  line: number,
  key: string,
  known: readonly string[],
  reading: Reading,
): void {
  const near = nearest(name, known)
  reading.problems.push({ kind: 'unknown', key: under(key, name), line, near: near === null ? null : under(key, near) })
}

/** The full name of a key, safe to print: somebody may have written a token where a name belongs. */
export function under(key: string, name: string): string {
  const long = name.length > 64 ? `${name.slice(0, 64)}…` : name
  const safe = looksSecret(name) ? '"••••"' : /^[\w$-]+$/.test(long) ? long : JSON.stringify(long)
  return key === '' ? safe : `${key}.${safe}`
}

export function wrong(node: JsonNode, key: string, allowed: Allowed, reading: Reading): null {
  reading.problems.push({ kind: 'value', key, line: node.line, found: shown(node, key, allowed), allowed })
  return null
}

/** The value as an error may print it: where a secret belongs, or could have slipped to, it is dots. */
function shown(node: JsonNode, key: string, allowed: Allowed): string {
  if (node.kind === 'object') return '{…}'
  if (node.kind === 'list') return '[…]'
  if (node.kind === 'null') return 'null'
  const value = String(node.value)
  const whole = ['object', 'list', 'record'].includes(allowed.kind)
  const near = whole && /(^|\.)(alerts|vault|env)(\.|$)/.test(key)
  if (value !== '' && (allowed.kind === 'secret' || near || looksSecret(value))) return '"••••"'
  if (node.kind !== 'text') return value
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
}

/** A Telegram token, an address with a password or a token in it, or a long run without spaces. */
function looksSecret(value: string): boolean {
  return /\d{6,}:[\w-]{20,}/.test(value) || /:\/\/[^/\s]*:[^/\s]*@/.test(value) || /[\w+=-]{32,}/.test(value)
}

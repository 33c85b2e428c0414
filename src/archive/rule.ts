/** A check of one value from outside; adds what is wrong to `problems`, each with where it is. */
export type Rule = (value: unknown, where: string, problems: string[]) => void

/** A rule from a yes or no: `found` is what the message says instead of the value, which may be anything. */
export function rule(expected: string, holds: (value: unknown) => boolean): Rule {
  return (value, where, problems) => {
    if (!holds(value)) problems.push(`${where}: ${expected} expected, found ${kindOf(value)}`)
  }
}

export function nullable(inner: Rule): Rule {
  return (value, where, problems) => {
    if (value !== null) inner(value, where, problems)
  }
}

/** Every named key must hold; keys not named are let through, for later versions may add some. */
export function object<T>(rules: { readonly [K in keyof T]-?: Rule }): Rule {
  return (value, where, problems) => {
    if (!isObject(value)) {
      problems.push(`${where}: an object expected, found ${kindOf(value)}`)
      return
    }
    for (const [key, check] of Object.entries<Rule>(rules)) check(value[key], `${where}.${key}`, problems)
  }
}

export function listOf(inner: Rule): Rule {
  return (value, where, problems) => {
    if (!Array.isArray(value)) problems.push(`${where}: a list expected, found ${kindOf(value)}`)
    else for (const [index, one] of value.entries()) inner(one, `${where}[${index}]`, problems)
  }
}

export function recordOf(inner: Rule): Rule {
  return (value, where, problems) => {
    if (!isObject(value)) problems.push(`${where}: an object expected, found ${kindOf(value)}`)
    else for (const [key, one] of Object.entries(value)) inner(one, `${where}[${JSON.stringify(key)}]`, problems)
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export const text = rule('text', (value) => typeof value === 'string')
export const boolean = rule('true or false', (value) => typeof value === 'boolean')
export const count = rule('a whole number from 0', (value) => Number.isSafeInteger(value) && Number(value) >= 0)
export const integer = rule('a whole number', (value) => Number.isSafeInteger(value))
export const milliseconds = rule('a number from 0', (value) => Number.isFinite(value) && Number(value) >= 0)
export const sha256 = matching('a SHA-256 in hex', /^[0-9a-f]{64}$/)
export const moment = rule('a time with offset', (value) => typeof value === 'string' && isMoment(value))

export function matching(expected: string, pattern: RegExp): Rule {
  return rule(expected, (value) => typeof value === 'string' && pattern.test(value))
}

export function oneOf(...allowed: readonly unknown[]): Rule {
  return rule(allowed.map((one) => JSON.stringify(one)).join(' or '), (value) => allowed.includes(value))
}

const momentForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/

function isMoment(value: string): boolean {
  return momentForm.test(value) && Number.isFinite(Date.parse(value))
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value)
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : Array.isArray(value) ? 'a list' : 'an object'
}

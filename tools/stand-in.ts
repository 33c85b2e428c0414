/**
 * A stand-in for the facts of any sentence: whatever the sentence reads from it, calls, loops over or prints works.
 * As text it is `…`, as a number it is `number`.
 */
export function standIn(number: number): unknown {
  const anything: object = () => stand
  const stand: unknown = new Proxy(anything, {
    get: (_, key) => property(key, stand, number),
    apply: () => stand,
    has: () => true,
    ownKeys: () => ['…', 'prototype'].slice(0, 1),
    getOwnPropertyDescriptor: () => ({ value: stand, enumerable: true, configurable: true, writable: true }),
  })
  return stand
}

function property(key: string | symbol, stand: unknown, number: number): unknown {
  if (key === Symbol.toPrimitive) return (hint: string) => (hint === 'number' ? number : '…')
  if (key === Symbol.iterator) return () => [stand].values()
  if (key === 'toString' || key === 'toJSON' || key === 'join') return () => '…'
  if (key === 'length') return 1
  // So that nobody takes the stand-in for a promise.
  if (key === 'then') return undefined
  return stand
}

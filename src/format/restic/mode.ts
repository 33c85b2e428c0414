import type { NodeType } from './tree.ts'

const typeBits: Readonly<Partial<Record<NodeType, number>>> = {
  dir: 2 ** 31,
  symlink: 2 ** 27,
  dev: 2 ** 26,
  chardev: 2 ** 26 + 2 ** 21,
  fifo: 2 ** 25,
  socket: 2 ** 24,
}
/** Unix bit, Go bit. */
const special = [
  [0o4000, 2 ** 23],
  [0o2000, 2 ** 22],
  [0o1000, 2 ** 20],
] as const

/** Unix permission bits, set-id and sticky included, as Go's file mode of that type. */
export function toGoMode(type: NodeType, permissions: number): number {
  const extra = special.reduce((sum, [unix, go]) => sum + ((permissions & unix) === 0 ? 0 : go), 0)
  return (typeBits[type] ?? 0) + extra + (permissions & 0o777)
}

/** Unix permission bits, with set-id and sticky. */
export function fromGoMode(mode: number): number {
  const extra = special.reduce((sum, [unix, go]) => sum + (Math.floor(mode / go) % 2 === 0 ? 0 : unix), 0)
  return (mode % 0o1000) + extra
}

import { statfsSync } from 'node:fs'

/** File system types (Linux `statfs`) whose locks live on another machine or not at all: NFS, SMB, CIFS, AFS, Ceph, 9p. */
const networkTypes = new Set([0x6969, 0x517b, 0xfe534d42, 0xff534d42, 0x5346414f, 0x6b414653, 0x00c36400, 0x01021997])

/** True when SQLite's locks cannot be relied on there. Other systems than Linux number their types otherwise: false. */
export function isOnNetwork(folder: string): boolean {
  return process.platform === 'linux' && networkTypes.has(statfsSync(folder).type >>> 0)
}

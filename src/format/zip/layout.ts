/** Numbers of the zip format (APPNOTE 6.3.10), and the few of them pulih writes. Byte tables: doc/format-archive.md. */

export const signature = {
  local: 0x04034b50,
  central: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
  descriptor: 0x08074b50,
} as const

/** Fixed parts, in bytes. */
export const size = { local: 30, central: 46, end: 22, end64: 56, locator64: 20 } as const

export const flag = {
  encrypted: 1 << 0,
  /** Sizes and CRC follow the data instead of standing in the local header. */
  descriptor: 1 << 3,
  patched: 1 << 5,
  strongEncryption: 1 << 6,
  utf8: 1 << 11,
  maskedHeader: 1 << 13,
} as const

export const method = { store: 0, deflate: 8 } as const

export const extra = { zip64: 0x0001, timestamp: 0x5455, unicodePath: 0x7075 } as const

/** A 16- or 32-bit field holding this says: the value is in the zip64 record. */
export const in64 = { u16: 0xffff, u32: 0xffffffff } as const

/** Unix file types, in the upper half of the external attributes. */
export const unixKind = { mask: 0o170000, file: 0o100000, folder: 0o040000, symlink: 0o120000 } as const

/** What an honest archive of this program never exceeds; a directory is held in memory, so it has a bound. */
export const limit = { entries: 200_000, directoryBytes: 64 * 1024 * 1024, nameBytes: 4096 } as const

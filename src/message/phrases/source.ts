import { phrase } from '../sentence.ts'

export const sourcePhrases = {
  'warning.hard-links': phrase<{ path: string; links: number }>({
    en: (f) =>
      `${f.path} has ${f.links} names (hard links): an app that opens it under another one works without the same -wal, and can damage it; keep one name`,
    id: (f) =>
      `${f.path} punya ${f.links} nama (hard link): aplikasi yang membukanya lewat nama lain tidak memakai -wal yang sama dan bisa merusaknya; pakai satu nama saja`,
  }),
  'warning.network-disk': phrase<{ path: string }>({
    en: (f) =>
      `${f.path} is on a network disk, where SQLite's locks cannot be relied on; keep live databases on a local disk`,
    id: (f) =>
      `${f.path} ada di disk jaringan, dan kunci SQLite tidak bisa diandalkan di sana; simpan database aktif di disk lokal`,
  }),
}

import { phrase } from '../sentence.ts'

const whys = {
  empty: { en: 'is empty', id: 'kosong' },
  encrypted: { en: 'seems to be encrypted', id: 'tampaknya terenkripsi' },
  other: { en: 'is not a SQLite database', id: 'bukan database SQLite' },
} as const

/** What looking for sources came upon. */
export const discoverPhrases = {
  'discover.doubtful': phrase<{ path: string; why: 'empty' | 'encrypted' | 'other' }>({
    en: (f) => `${f.path} is named like a database but ${whys[f.why]?.en}; it is kept as a plain file`,
    id: (f) => `${f.path} bernama seperti database tetapi ${whys[f.why]?.id}; disimpan sebagai berkas biasa`,
  }),
  'discover.outward': phrase<{ path: string; to: string }>({
    en: (f) =>
      `${f.path} is a link that leads out of the app's folder, to ${f.to}: what is there is in no backup; move it into the app's folder`,
    id: (f) =>
      `${f.path} adalah tautan ke luar folder aplikasi, ke ${f.to}: isinya tidak ada di backup mana pun; pindahkan ke dalam folder aplikasi`,
  }),
  'discover.critical-missing': phrase<{ pattern: string }>({
    en: (f) => `${f.pattern} is listed in backup_paths.critical_files, but nothing is there`,
    id: (f) => `${f.pattern} ada di backup_paths.critical_files, tetapi tidak ditemukan`,
  }),
}

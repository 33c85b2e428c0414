import { failure } from '../sentence.ts'

/** Why a file or folder at the place to be written is refused. */
export type TargetProblem = 'exists' | 'symlink' | 'not-a-folder' | 'outside'

const targetEn: Readonly<Record<TargetProblem, string>> = {
  exists: 'something is there already',
  symlink: 'a symbolic link is in the way',
  'not-a-folder': 'a part of that path is not a folder',
  outside: 'it would land outside the folder that was chosen',
}
const targetId: Readonly<Record<TargetProblem, string>> = {
  exists: 'di sana sudah ada berkas',
  symlink: 'ada tautan simbolik di jalurnya',
  'not-a-folder': 'sebagian jalurnya bukan folder',
  outside: 'hasilnya akan berada di luar folder yang dipilih',
}

export const archiveErrors = {
  'archive.unreadable': failure<{
    path: string
    kind: 'archive-unreadable' | 'archive-truncated'
    /** Technical detail, in English. */
    reason: string
  }>(1, {
    en: (f) => [
      `${f.path} cannot be read as an archive${f.kind === 'archive-truncated' ? '; it ends too early' : ''} (${f.reason})`,
      'use another backup, pulih list shows them; your app and the other backups are untouched',
    ],
    id: (f) => [
      `${f.path} tidak bisa dibaca sebagai arsip${f.kind === 'archive-truncated' ? '; isinya terpotong' : ''} (${f.reason})`,
      'pakai backup lain, lihat dengan pulih list; aplikasi dan backup lain tidak tersentuh',
    ],
  }),
  'archive.damaged': failure<{
    archive: string
    entry: string
    kind: 'entry-damaged' | 'entry-hash' | 'entry-size' | 'recovered-hash'
    /** Technical detail, in English. */
    reason: string
  }>(1, {
    en: (f) => [
      `${f.entry} in ${f.archive} is damaged (${f.reason}); nothing of it was used`,
      'see everything that is wrong with: pulih verify; then use another backup: pulih list',
    ],
    id: (f) => [
      `${f.entry} di dalam ${f.archive} rusak (${f.reason}); tidak ada isinya yang dipakai`,
      'lihat semua kerusakannya: pulih verify; lalu pakai backup lain: pulih list',
    ],
  }),
  'archive.target': failure<{ target: string; problem: TargetProblem }>(1, {
    en: (f) => [
      `will not write ${f.target}: ${targetEn[f.problem]}`,
      'choose an empty folder: pulih restore NAME --to FOLDER',
    ],
    id: (f) => [
      `${f.target} tidak ditulis: ${targetId[f.problem]}`,
      'pilih folder kosong: pulih restore NAMA --to FOLDER',
    ],
  }),
  'archive.unsafe-name': failure<{ name: string; reason: string }>(1, {
    en: (f) => [
      `'${f.name}' cannot be kept under that name (${f.reason}); no backup was made, the earlier ones are untouched`,
      'rename the file, or leave it out in config/backup_config.json',
    ],
    id: (f) => [
      `'${f.name}' tidak bisa disimpan dengan nama itu (${f.reason}); backup tidak dibuat, yang lama tetap utuh`,
      'ganti nama berkasnya, atau kecualikan di config/backup_config.json',
    ],
  }),
}

import { failure } from '../sentence.ts'

export const backupErrors = {
  'backup.bad-type': failure<{ found: string }>(2, {
    en: (f) => [
      `"${f.found}" is not a backup type; allowed are letters, digits, ".", "_" and "-", 64 at most`,
      'for example: pulih backup --type manual',
    ],
    id: (f) => [
      `"${f.found}" bukan jenis backup; yang boleh: huruf, angka, ".", "_" dan "-", paling banyak 64`,
      'contoh: pulih backup --type manual',
    ],
  }),
  'backup.bad-label': failure<{ found: string }>(2, {
    en: (f) => [
      `"${f.found}" cannot be a label; allowed are letters, digits, ".", "_" and "-", 64 at most`,
      'for example: pulih backup --label v2.0.0',
    ],
    id: (f) => [
      `"${f.found}" tidak bisa jadi label; yang boleh: huruf, angka, ".", "_" dan "-", paling banyak 64`,
      'contoh: pulih backup --label v2.0.0',
    ],
  }),
  'backup.no-database': failure<{ folder: string }>(1, {
    en: (f) => [
      `no SQLite database found in ${f.folder}; nothing was backed up`,
      "name the app's folder with --dir, or its databases in config/backup_config.json (backup_paths.databases)",
    ],
    id: (f) => [
      `tidak ada database SQLite di ${f.folder}; tidak ada yang dibackup`,
      'sebutkan folder aplikasi dengan --dir, atau databasenya di config/backup_config.json (backup_paths.databases)',
    ],
  }),
  'backup.source-damaged': failure<{ path: string; detail: string }>(1, {
    en: (f) => [
      `the live database ${f.path} is damaged (${f.detail}); this backup was not kept, the earlier ones are untouched`,
      'see the ways back and what each would lose: pulih scenario corruption',
    ],
    id: (f) => [
      `database ${f.path} yang sedang dipakai rusak (${f.detail}); backup ini tidak disimpan, backup lama tetap utuh`,
      'lihat pilihan pemulihan dan kerugiannya: pulih scenario corruption',
    ],
  }),
  'backup.emptied': failure<{ path: string; before: number }>(1, {
    en: (f) => [
      `${f.path} has no tables any more (${f.before} in the last backup); this backup was not kept, the earlier ones are untouched`,
      `if the file was replaced by mistake: pulih restore latest; if it is meant: pulih forget-source '${f.path}'`,
    ],
    id: (f) => [
      `${f.path} tidak punya tabel lagi (${f.before} di backup terakhir); backup ini tidak disimpan, backup lama tetap utuh`,
      `jika berkas tertimpa: pulih restore latest; jika memang disengaja: pulih forget-source '${f.path}'`,
    ],
  }),
  'backup.mid-recovery': failure<{ started: string }>(1, {
    en: (f) => [
      `a recovery begun ${f.started} was cut off: the app's files are neither all old nor all new, so nothing was backed up; the backups already made are untouched`,
      'settle it first: pulih restore --undo (or the same restore again)',
    ],
    id: (f) => [
      `pemulihan yang dimulai ${f.started} terputus: berkas aplikasi belum semuanya lama atau baru, jadi tidak ada yang dibackup; backup yang sudah ada tetap utuh`,
      'selesaikan dulu: pulih restore --undo (atau ulangi restore yang sama)',
    ],
  }),
  'backup.read-back': failure<{ path: string; detail: string }>(1, {
    en: (f) => [
      `what was written to ${f.path} reads back differently (${f.detail}); the archive was thrown away, the earlier ones are untouched`,
      'the disk may be failing: pulih doctor, then try again',
    ],
    id: (f) => [
      `yang ditulis ke ${f.path} terbaca berbeda (${f.detail}); arsip dibuang, backup lama tetap utuh`,
      'disk mungkin bermasalah: pulih doctor, lalu coba lagi',
    ],
  }),
  'backup.not-proven': failure<{ name: string; findings: number; first: string }>(1, {
    en: (f) => [
      `${f.name} was stored but did not pass its proof (${f.findings} finding${f.findings === 1 ? '' : 's'}: ${f.first}); it counts for nothing, the earlier backups are untouched`,
      'see every finding and the ways back: pulih scenario corruption',
    ],
    id: (f) => [
      `${f.name} tersimpan tetapi tidak lulus pembuktian (${f.findings} temuan: ${f.first}); tidak dihitung, backup lama tetap utuh`,
      'lihat semua temuan dan pilihan pemulihan: pulih scenario corruption',
    ],
  }),
}

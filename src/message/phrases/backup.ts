import { phrase } from '../sentence.ts'

export const backupPhrases = {
  'log.backup-done': phrase<{ name: string }>({
    en: (f) => `✅ Backup done: ${f.name}`,
    id: (f) => `✅ Backup berhasil: ${f.name}`,
  }),
  'log.backup-failed': phrase<{ reason: string }>({
    en: (f) => `❌ Backup failed: ${f.reason}`,
    id: (f) => `❌ Backup gagal: ${f.reason}`,
  }),
  'warning.no-tables': phrase<{ path: string }>({
    en: (f) => `${f.path} is a valid database without any table: there was nothing to check in it`,
    id: (f) => `${f.path} adalah database sah tanpa tabel: tidak ada yang bisa diperiksa di dalamnya`,
  }),
  'warning.foreign-keys': phrase<{ path: string; table: string; rows: number; before: number }>({
    en: (f) => `${f.path}: ${f.rows} rows of ${f.table} point to rows that do not exist (${f.before} before)`,
    id: (f) => `${f.path}: ${f.rows} baris ${f.table} menunjuk ke baris yang tidak ada (sebelumnya ${f.before})`,
  }),
  'warning.invariant-baseline': phrase<{ name: string; violations: number }>({
    en: (f) =>
      `rule "${f.name}" is broken by ${f.violations} rows already; that is now its baseline, more will be reported`,
    id: (f) => `aturan "${f.name}" sudah dilanggar ${f.violations} baris; itu jadi patokan, tambahan akan dilaporkan`,
  }),
  'warning.invariant-broken': phrase<{ name: string; violations: number; baseline: number }>({
    en: (f) =>
      `rule "${f.name}" is newly broken: ${f.violations} rows (${f.baseline} before). The copy is kept but not counted as proven; look before you go on: pulih scenario corruption`,
    id: (f) =>
      `aturan "${f.name}" baru saja dilanggar: ${f.violations} baris (sebelumnya ${f.baseline}). Salinan disimpan tetapi tidak dihitung terbukti; periksa dulu: pulih scenario corruption`,
  }),
  'warning.invariant-failed': phrase<{ name: string; detail: string }>({
    en: (f) => `rule "${f.name}" could not be checked (${f.detail}); correct its sql in config/backup_config.json`,
    id: (f) => `aturan "${f.name}" tidak bisa diperiksa (${f.detail}); perbaiki sql-nya di config/backup_config.json`,
  }),
  'warning.invariant-empty': phrase<{ name: string }>({
    en: (f) =>
      `rule "${f.name}" had no rows to look at, which proves nothing; the copy is kept but not counted as proven`,
    id: (f) =>
      `aturan "${f.name}" tidak menemukan baris untuk diperiksa, jadi tidak membuktikan apa-apa; salinan disimpan tetapi tidak dihitung terbukti`,
  }),
  'warning.retention-failed': phrase<{ reason: string }>({
    en: (f) => `the backup is made and safe, but older ones could not be tidied up (${f.reason}); try: pulih prune`,
    id: (f) => `backup sudah jadi dan aman, tetapi backup lama gagal dirapikan (${f.reason}); coba: pulih prune`,
  }),
  'warning.backups-in-git': phrase<{ line: string }>({
    en: (f) => `git would take the backups, and with them the secrets in .env; add this line to .gitignore: ${f.line}`,
    id: (f) => `git akan ikut menyimpan backup beserta rahasia di .env; tambahkan baris ini ke .gitignore: ${f.line}`,
  }),
  'warning.previous-damaged': phrase<{ name: string }>({
    en: (f) =>
      `the earlier backup ${f.name} no longer reads back as written; this one was made without it. See: pulih verify ${f.name}`,
    id: (f) =>
      `backup lama ${f.name} tidak lagi terbaca seperti saat ditulis; yang ini dibuat tanpanya. Lihat: pulih verify ${f.name}`,
  }),
}

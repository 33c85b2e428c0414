import { phrase } from '../sentence.ts'

export const triggerPhrases = {
  'alert.backup-failed': phrase<{ trigger: string; reason: string }>({
    en: (f) => `a backup failed (${f.trigger}): ${f.reason}. The earlier backups are untouched. Look: pulih health`,
    id: (f) => `backup gagal (${f.trigger}): ${f.reason}. Backup lama tetap utuh. Periksa: pulih health`,
  }),
  'alert.overridden': phrase<{ trigger: string; reason: string; failure: string }>({
    en: (f) => `${f.trigger} went on without a backup, on purpose ("${f.reason}"); its backup failed: ${f.failure}`,
    id: (f) => `${f.trigger} tetap dijalankan tanpa backup, disengaja ("${f.reason}"); backupnya gagal: ${f.failure}`,
  }),
  'warning.overridden': phrase<{ trigger: string; reason: string; failure: string }>({
    en: (f) => `no backup was made (${f.failure}); ${f.trigger} goes on because of the override: ${f.reason}`,
    id: (f) => `tidak ada backup yang dibuat (${f.failure}); ${f.trigger} tetap jalan karena override: ${f.reason}`,
  }),
  'log.alert-unwritten': phrase<{ reason: string }>({
    en: (f) => `❌ an alert could not be kept: ${f.reason}`,
    id: (f) => `❌ peringatan tidak bisa disimpan: ${f.reason}`,
  }),
  'log.rows-removed': phrase<{ name: string; table: string; rows: number }>({
    en: (f) => `${f.name} removed ${f.rows} row${f.rows === 1 ? '' : 's'} of ${f.table}`,
    id: (f) => `${f.name} menghapus ${f.rows} baris dari ${f.table}`,
  }),
  'log.rows-added': phrase<{ name: string; table: string; rows: number }>({
    en: (f) => `${f.name} added ${f.rows} row${f.rows === 1 ? '' : 's'} to ${f.table}`,
    id: (f) => `${f.name} menambah ${f.rows} baris ke ${f.table}`,
  }),
}

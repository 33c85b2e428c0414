import { phrase } from '../sentence.ts'

export const triggerPhrases = {
  'trigger.summary': phrase({
    en: () => 'ask for a backup as a host, a script or a timetable does; exit 0 means: go on',
    id: () => 'minta backup seperti bot, skrip atau jadwal; keluar 0 berarti: boleh lanjut',
  }),
  'trigger.option.label': phrase({
    en: () => "part of the backup's name: a version, a migration",
    id: () => 'bagian dari nama backup: versi atau migrasi',
  }),
  'trigger.option.reason': phrase({ en: () => 'why, for the record', id: () => 'alasan, untuk catatan' }),
  'trigger.option.until': phrase({
    en: () => 'how far to wait: stored (kept, checked, read back) or proven (recovered, too; the default)',
    id: () => 'tunggu sampai: stored (tersimpan dan diperiksa) atau proven (terbukti bisa dipulihkan; bawaan)',
  }),
  'trigger.option.override': phrase({
    en: () => 'go on even if the backup fails: on record, with an alert (also: PULIH_OVERRIDE)',
    id: () => 'tetap lanjut walau backup gagal: dicatat, dengan peringatan (juga: PULIH_OVERRIDE)',
  }),
  'trigger.option.wait': phrase({
    en: () => 'how long to wait for another run to end',
    id: () => 'lama menunggu proses lain selesai',
  }),
  'trigger.option.done': phrase({
    en: () => 'the operation has ended: record which rows it changed since this backup',
    id: () => 'operasi sudah selesai: catat baris yang berubah sejak backup ini',
  }),
  'trigger.option.failed': phrase({
    en: () => 'with --done: the operation failed',
    id: () => 'bersama --done: operasinya gagal',
  }),
  'trigger.backed-up': phrase<{ name: string }>({
    en: (f) => `✅ go on: ${f.name} is made and checked`,
    id: (f) => `✅ boleh lanjut: ${f.name} sudah dibuat dan diperiksa`,
  }),
  'trigger.joined': phrase<{ name: string }>({
    en: (f) => `✅ go on: ${f.name} was begun after you asked and holds everything until then`,
    id: (f) => `✅ boleh lanjut: ${f.name} dimulai setelah permintaan ini dan memuat semuanya sampai saat itu`,
  }),
  'trigger.reference': phrase<{ name: string }>({
    en: (f) => `✅ go on: nothing changed since ${f.name}, which is proven`,
    id: (f) => `✅ boleh lanjut: tidak ada perubahan sejak ${f.name}, yang sudah terbukti`,
  }),
  'trigger.switched-off': phrase<{ name: string }>({
    en: () => '⚠️ go on, without a backup: the configuration switches this trigger off (enabled, auto_backup_triggers)',
    id: () => '⚠️ boleh lanjut, tanpa backup: pemicu ini dimatikan di konfigurasi (enabled, auto_backup_triggers)',
  }),
  'trigger.overridden': phrase<{ name: string }>({
    en: () => '⚠️ going on WITHOUT a backup, because of the override; it is on record',
    id: () => '⚠️ lanjut TANPA backup karena override; ini sudah dicatat',
  }),
  'trigger.preview-on': phrase<{ trigger: string; type: string; interval: string | null }>({
    en: (f) =>
      `${f.trigger} would make a backup of type ${f.type}${f.interval === null ? '' : `, unless nothing changed within ${f.interval}`}`,
    id: (f) =>
      `${f.trigger} akan membuat backup jenis ${f.type}${f.interval === null ? '' : `, kecuali tidak ada perubahan dalam ${f.interval}`}`,
  }),
  'trigger.preview-off': phrase<{ trigger: string }>({
    en: (f) => `${f.trigger} is switched off in the configuration: it would go on without a backup`,
    id: (f) => `${f.trigger} dimatikan di konfigurasi: akan lanjut tanpa backup`,
  }),
  'trigger.not-counted': phrase<{ name: string }>({
    en: (f) =>
      `${f.name} is on record; its rows were not counted (no backup of that name, or a large or busy database)`,
    id: (f) => `${f.name} dicatat; barisnya tidak dihitung (tidak ada backup itu, atau database besar atau sibuk)`,
  }),
  'trigger.nothing-changed': phrase<{ name: string }>({
    en: (f) => `${f.name} is on record; no table has more or fewer rows than before`,
    id: (f) => `${f.name} dicatat; jumlah baris semua tabel tidak berubah`,
  }),
  'alert.backup-failed': phrase<{ trigger: string; reason: string }>({
    en: (f) =>
      `a backup failed (${f.trigger}): ${f.reason}.${/untouched/.test(f.reason) ? '' : ' The earlier backups are untouched.'} Look: pulih health`,
    id: (f) =>
      `backup gagal (${f.trigger}): ${f.reason}.${/utuh/.test(f.reason) ? '' : ' Backup lama tetap utuh.'} Periksa: pulih health`,
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

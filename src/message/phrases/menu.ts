import { phrase } from '../sentence.ts'

/** The founding document's menus: the same numbers, the same words in Indonesian. */
export const menuPhrases = {
  'menu.summary': phrase({
    en: () => 'numbered menus: backup, scenarios, monitor, automatic',
    id: () => 'menu bernomor: backup, skenario, monitor, otomatis',
  }),
  'menu.pick': phrase<{ last: number }>({
    en: (f) => `Choose (1-${f.last}):`,
    id: (f) => `Pilih (1-${f.last}):`,
  }),
  'menu.unknown': phrase<{ found: string; last: number }>({
    en: (f) => `"${f.found}" is not on the menu; a number from 1 to ${f.last}, then Enter`,
    id: (f) => `"${f.found}" tidak ada di menu; ketik angka 1 sampai ${f.last}, lalu Enter`,
  }),
  'menu.same-as': phrase<{ command: string }>({
    en: (f) => `same as: ${f.command}`,
    id: (f) => `sama dengan: ${f.command}`,
  }),
  'menu.exit': phrase({ en: () => 'Exit', id: () => 'Keluar' }),

  'menu.top.title': phrase({ en: () => 'pulih', id: () => 'pulih: menu utama' }),
  'menu.top.backup': phrase({ en: () => 'Backup and restore', id: () => 'Backup dan restore' }),
  'menu.top.scenarios': phrase({ en: () => 'Scenarios', id: () => 'Skenario' }),
  'menu.top.monitor': phrase({ en: () => 'Monitoring', id: () => 'Pemantauan' }),
  'menu.top.automatic': phrase({ en: () => 'Backups by themselves', id: () => 'Backup otomatis' }),

  'menu.automatic.title': phrase({ en: () => 'Backups by themselves', id: () => 'Menu backup otomatis' }),
  'menu.automatic.status': phrase({ en: () => 'Is the service running?', id: () => 'Apakah layanan berjalan?' }),
  'menu.automatic.preview': phrase({
    en: () => 'Show what installing would write',
    id: () => 'Lihat apa yang akan dipasang',
  }),
  'menu.automatic.install': phrase({ en: () => 'Start at boot', id: () => 'Jalankan setiap boot' }),
  'menu.automatic.uninstall': phrase({ en: () => 'No longer start at boot', id: () => 'Jangan lagi saat boot' }),
  'menu.automatic.trigger': phrase({
    en: () => 'Backup before a risky operation',
    id: () => 'Backup sebelum operasi berisiko',
  }),
  'menu.automatic.python': phrase({
    en: () => 'Write the decorator for a Python bot',
    id: () => 'Tulis decorator untuk bot Python',
  }),
  'menu.ask.trigger': phrase({
    en: () => 'Name of the operation (for example bulk_delete_assets):',
    id: () => 'Nama operasi (misalnya bulk_delete_assets):',
  }),

  'menu.backup.title': phrase({ en: () => 'Backup', id: () => 'Menu backup' }),
  'menu.backup.full': phrase({ en: () => 'Make a full backup', id: () => 'Buat backup lengkap' }),
  'menu.backup.migration': phrase({ en: () => 'Backup before a migration', id: () => 'Backup sebelum migrasi' }),
  'menu.backup.deployment': phrase({ en: () => 'Backup before a deployment', id: () => 'Backup sebelum deployment' }),
  'menu.backup.list': phrase({ en: () => 'List the backups', id: () => 'List backup yang ada' }),
  'menu.backup.restore': phrase({ en: () => 'Restore a backup', id: () => 'Restore backup' }),

  'menu.scenarios.title': phrase({ en: () => 'Scenarios', id: () => 'Menu skenario' }),
  'menu.scenarios.update': phrase({ en: () => 'Major update', id: () => 'Major Update (pembaruan besar)' }),
  'menu.scenarios.migration': phrase({
    en: () => 'Database migration',
    id: () => 'Database Migration (migrasi database)',
  }),
  'menu.scenarios.corruption': phrase({
    en: () => 'Data corruption recovery',
    id: () => 'Data Corruption Recovery (pemulihan data rusak)',
  }),
  'menu.scenarios.maintenance': phrase({
    en: () => 'Scheduled maintenance',
    id: () => 'Scheduled Maintenance (perawatan terjadwal)',
  }),
  'menu.scenarios.disaster': phrase({
    en: () => 'Disaster recovery',
    id: () => 'Disaster Recovery (pemulihan bencana)',
  }),

  'menu.monitor.title': phrase({ en: () => 'Monitoring', id: () => 'Menu pemantauan' }),
  'menu.monitor.health': phrase({ en: () => 'Run the health check', id: () => 'Jalankan health check' }),
  'menu.monitor.automated': phrase({
    en: () => 'Automated monitoring (check once, send alerts)',
    id: () => 'Pemantauan otomatis (periksa sekali, kirim peringatan)',
  }),
  'menu.monitor.status': phrase({ en: () => 'View backup status', id: () => 'Lihat status backup' }),
  'menu.monitor.integrity': phrase({ en: () => 'Check database integrity', id: () => 'Periksa integritas database' }),

  'menu.ask.reason': phrase({
    en: () => 'Reason for this backup (may be empty):',
    id: () => 'Alasan backup (boleh kosong):',
  }),
  'menu.ask.version': phrase({
    en: () => 'Version of the update (for example v2.0.0):',
    id: () => 'Versi update (contoh: v2.0.0):',
  }),
  'menu.ask.migration': phrase({
    en: () => 'Migration name (for example add_new_asset_fields):',
    id: () => 'Nama migrasi (contoh: add_new_asset_fields):',
  }),
  'menu.ask.command': phrase({
    en: () => 'Migration command to run now (empty: only prepare):',
    id: () => 'Perintah (command) migrasi yang dijalankan sekarang (kosong: hanya menyiapkan):',
  }),
  'menu.ask.folder': phrase({
    en: () => 'Folder with backups to recover from (empty: all known places):',
    id: () => 'Folder berisi backup sumber pemulihan (kosong: semua tempat yang dikenal):',
  }),
  'menu.ask.backup': phrase({
    en: () => 'Which backup to restore (number or name):',
    id: () => 'Backup yang ingin di-restore (nomor atau nama):',
  }),
  'menu.no-backups': phrase({
    en: () => 'there is no backup yet; make one with choice 1',
    id: () => 'belum ada backup; buat dulu dengan pilihan 1',
  }),
  'menu.missing-word': phrase({
    en: () => 'nothing was entered; nothing was done',
    id: () => 'tidak ada yang diisi; tidak ada yang dikerjakan',
  }),
}

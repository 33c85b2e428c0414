import type { Phrase } from '../sentence.ts'

const key = (en: string, id: string): Phrase<void> => ({ en: () => en, id: () => id })

/** What each key of the configuration is for: the descriptions of its JSON Schema, which editors show. */
export const configPhrases = {
  'config.key.backup_config': key(
    'What to back up, when, and how much to keep',
    'Apa yang dibackup, kapan, dan berapa banyak yang disimpan',
  ),
  'config.key.backup_schedule': key(
    'When backups run by themselves, by the clock of time_zone',
    'Kapan backup berjalan sendiri, menurut jam time_zone',
  ),
  'config.key.retention_policy': key('How many backups stay, per kind', 'Berapa backup yang tetap disimpan, per jenis'),
  'config.key.enabled': key(
    'false switches every automatic backup off; manual ones still work',
    'false mematikan semua backup otomatis; yang manual tetap bisa',
  ),
  'config.key.max_backups': key(
    'How many of the newest proven backups stay at least',
    'Paling sedikit berapa backup terbukti terbaru yang disimpan',
  ),
  'config.key.auto_backup_triggers': key(
    'Which automatic triggers are on; without this list all are',
    'Pemicu otomatis yang aktif; tanpa daftar ini semuanya aktif',
  ),
  'config.key.daily_backup': key('Time of the daily backup; null for none', 'Jam backup harian; null untuk tidak ada'),
  'config.key.weekly_full_backup': key(
    'Weekday and time of the weekly backup; null for none',
    'Hari dan jam backup mingguan; null untuk tidak ada',
  ),
  'config.key.critical_operations': key(
    'Operations that wait for a backup before they run',
    'Operasi yang menunggu backup sebelum berjalan',
  ),
  'config.key.daily_backups': key(
    'Keep the newest proven backup of this many days',
    'Simpan backup terbukti terbaru dari sekian hari',
  ),
  'config.key.weekly_backups': key(
    'Keep the newest proven backup of this many weeks',
    'Simpan backup terbukti terbaru dari sekian minggu',
  ),
  'config.key.monthly_backups': key(
    'Keep the newest proven backup of this many months',
    'Simpan backup terbukti terbaru dari sekian bulan',
  ),
  'config.key.migration_backups': key(
    'Keep this many backups made before migrations',
    'Simpan sekian backup yang dibuat sebelum migrasi',
  ),
  'config.key.max_backup_age_days': key(
    'A newest proven backup older than this is a problem',
    'Backup terbukti terbaru yang lebih tua dari ini dianggap masalah',
  ),
  'config.key.min_backups_required': key(
    'Fewer proven backups than this is a problem',
    'Backup terbukti yang lebih sedikit dari ini dianggap masalah',
  ),
  'config.key.lifecycle': key('Backups when the app starts and stops', 'Backup saat aplikasi mulai dan berhenti'),
  'config.key.lifecycle.startup': key('Back up before the app starts', 'Backup sebelum aplikasi mulai'),
  'config.key.lifecycle.shutdown': key('Back up after the app has stopped', 'Backup setelah aplikasi berhenti'),
  'config.key.backup_paths': key('What is backed up, and where it goes', 'Apa yang dibackup, dan ke mana'),
  'config.key.backup_paths.databases': key(
    'Database files; without this list they are found by looking',
    'Berkas database; tanpa daftar ini dicari sendiri',
  ),
  'config.key.backup_paths.critical_files': key(
    'Files, folders and patterns to keep; without this list it is what git tracks',
    'Berkas, folder, dan pola yang disimpan; tanpa daftar ini yang dilacak git',
  ),
  'config.key.backup_paths.backup_directory': key('Folder of the backups', 'Folder tempat backup'),
  'config.key.backup_paths.archive_directory': key(
    'Folder to which critical backups move',
    'Folder tujuan backup kritis dipindahkan',
  ),
  'config.key.notifications': key('Which events send a message', 'Kejadian mana yang mengirim pesan'),
  'config.key.notifications.backup_success': key(
    'Tell of every backup that went well',
    'Kabari setiap backup yang berhasil',
  ),
  'config.key.notifications.backup_failure': key('Tell of failed backups', 'Kabari backup yang gagal'),
  'config.key.notifications.backup_warnings': key('Tell of backups with warnings', 'Kabari backup dengan peringatan'),
  'config.key.notifications.low_disk_space': key('Tell when the disk fills up', 'Kabari saat disk hampir penuh'),
  'config.key.recovery_options': key('How recoveries are made', 'Cara pemulihan dilakukan'),
  'config.key.recovery_options.auto_recovery_enabled': key(
    'Prepare recovery plans without being asked',
    'Siapkan rencana pemulihan tanpa diminta',
  ),
  'config.key.recovery_options.recovery_verification': key('Check what was recovered', 'Periksa hasil pemulihan'),
  'config.key.recovery_options.rollback_points': key(
    'How many undo points of recoveries are kept',
    'Berapa titik pembatalan pemulihan yang disimpan',
  ),
  'config.key.language': key('Language of messages, logs and alerts', 'Bahasa pesan, log, dan peringatan'),
  'config.key.time_zone': key(
    'Time zone of schedules, names and printed times',
    'Zona waktu jadwal, nama, dan jam yang ditampilkan',
  ),
  'config.key.app': key(
    'How the app is started, stopped and tried out; command lines for sh in its folder',
    'Cara aplikasi dimulai, dihentikan, dan diuji; baris perintah untuk sh di foldernya',
  ),
  'config.key.app.start': key('Starts the app', 'Memulai aplikasi'),
  'config.key.app.stop': key('Stops the app', 'Menghentikan aplikasi'),
  'config.key.app.smoke_test': key(
    'Ends with 0 when a recovered app works',
    'Selesai dengan 0 bila aplikasi hasil pemulihan berfungsi',
  ),
  'config.key.app.env': key(
    'More environment variables for these commands',
    'Variabel lingkungan tambahan untuk perintah ini',
  ),
  'config.key.invariants': key(
    'Rules the data must obey; each query returns the rows that break one',
    'Aturan yang harus dipatuhi data; tiap kueri menghasilkan baris yang melanggar',
  ),
  'config.key.invariants[].name': key('Name of the rule', 'Nama aturan'),
  'config.key.invariants[].database': key('Database it is asked of', 'Database yang ditanya'),
  'config.key.invariants[].sql': key('Query that returns violations', 'Kueri yang menghasilkan pelanggaran'),
  'config.key.invariants[].tolerance': key('How many violations are accepted', 'Berapa pelanggaran yang diterima'),
  'config.key.proof': key(
    'When a backup is recovered and checked in full: always, only stored, or at the scheduled drill',
    'Kapan backup dipulihkan dan diperiksa penuh: selalu (always), cukup tersimpan (stored), atau terjadwal (scheduled)',
  ),
  'config.key.min_interval': key(
    'Shortest time between two backups of one trigger',
    'Jarak terpendek antara dua backup dari satu pemicu',
  ),
  'config.key.alerts': key(
    'Where alerts go; tried in the order written, the first that accepts is enough',
    'Ke mana peringatan dikirim; dicoba sesuai urutan tulisan, satu yang menerima sudah cukup',
  ),
  'config.key.alerts.telegram': key('A message by a Telegram bot', 'Pesan lewat bot Telegram'),
  'config.key.alerts.telegram.token': key('Token of the bot', 'Token bot'),
  'config.key.alerts.telegram.chat_id': key('Chat that gets the message', 'Chat yang menerima pesan'),
  'config.key.alerts.telegram.api_root': key('Address of another Bot API server', 'Alamat server Bot API lain'),
  'config.key.alerts.email': key('A message by e-mail (SMTP)', 'Pesan lewat e-mail (SMTP)'),
  'config.key.alerts.email.host': key('Mail server', 'Server e-mail'),
  'config.key.alerts.email.port': key(
    'Its port: 587, or 465 when secure is true',
    'Porta server: 587, atau 465 bila secure bernilai true',
  ),
  'config.key.alerts.email.secure': key(
    'true for TLS from the start, false for none at all; without it STARTTLS',
    'true untuk TLS sejak awal, false tanpa TLS; tanpa kunci ini STARTTLS',
  ),
  'config.key.alerts.email.user': key('Name to sign in with', 'Nama untuk masuk'),
  'config.key.alerts.email.password': key('Password to sign in with', 'Kata sandi untuk masuk'),
  'config.key.alerts.email.from': key('Sender', 'Pengirim'),
  'config.key.alerts.email.to': key('One address or several', 'Satu alamat atau lebih'),
  'config.key.alerts.webhook': key('A JSON document to an address', 'Dokumen JSON ke sebuah alamat'),
  'config.key.alerts.webhook.url': key('The address', 'Alamatnya'),
  'config.key.alerts.webhook.secret': key('Key that signs the document', 'Kunci untuk menandatangani dokumen'),
  'config.key.alerts.command': key(
    'Command line that gets the alert as JSON on standard input',
    'Baris perintah yang menerima peringatan sebagai JSON di masukan standar',
  ),
  'config.key.alerts.heartbeat_url': key(
    'Address that is called while all is well; an outside watcher misses it when this machine is off',
    'Alamat yang dipanggil selama semua baik; pengawas luar tahu bila mesin ini mati',
  ),
  'config.key.alerts.remind_after': key(
    'How often an open alert is sent again',
    'Seberapa sering peringatan yang masih terbuka dikirim lagi',
  ),
  'config.key.alerts.quiet_hours': key(
    'Hours in which only critical alerts are sent',
    'Jam tenang: hanya peringatan kritis yang dikirim',
  ),
  'config.key.thresholds': key(
    'From where on a fact is a warning or critical',
    'Mulai dari mana suatu keadaan dianggap peringatan atau kritis',
  ),
  'config.key.thresholds.disk_warn_used_percent': key(
    'Warn from this much of the disk in use',
    'Peringatkan mulai sekian persen disk terpakai',
  ),
  'config.key.thresholds.disk_critical_free_percent': key(
    'Critical below this much free',
    'Kritis bila sisa disk di bawah sekian persen',
  ),
  'config.key.thresholds.proof_max_age': key(
    'Alert when no backup was proven for this long',
    'Peringatkan bila selama ini tidak ada backup terbukti',
  ),
  'config.key.thresholds.drill_max_age': key(
    'Warn when the last recovery drill is older',
    'Peringatkan bila gladi pemulihan terakhir lebih tua',
  ),
  'config.key.vault': key(
    'Off-site copies in a restic-format repository',
    'Salinan di luar mesin dalam repositori berformat restic',
  ),
  'config.key.vault.repository': key('Where it is, in restic notation', 'Letaknya, dalam notasi restic'),
  'config.key.vault.password': key('Its password', 'Kata sandinya'),
  'config.key.vault.env': key(
    'Access keys and the like for its backend',
    'Kunci akses dan semacamnya untuk penyimpanannya',
  ),
  'config.key.journal': key('Has no effect in this version', 'Belum berpengaruh di versi ini'),
  'config.key.dashboard': key('Has no effect in this version', 'Belum berpengaruh di versi ini'),
}

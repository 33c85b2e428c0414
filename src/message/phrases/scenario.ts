import { bytes, number } from '../format.ts'
import { phrase } from '../sentence.ts'

/** Titles of steps, figures and outcomes of the five scenarios. */
export const scenarioPhrases = {
  'scenario.summary': phrase({
    en: () => 'guided procedures: update, migration, corruption, maintenance, disaster',
    id: () => 'prosedur terpandu: update, migrasi, data rusak, perawatan, bencana',
  }),
  'scenario.update.summary': phrase({
    en: () => 'before a major update: a pinned backup and a rollback plan; --verify after it',
    id: () => 'sebelum update besar: backup disematkan dan rencana rollback; --verify sesudahnya',
  }),
  'scenario.option.verify-update': phrase({
    en: () => 'after the update: compare schema, rows and rules, run the smoke test, give a verdict',
    id: () => 'sesudah update: bandingkan skema, baris dan aturan, jalankan smoke test, beri putusan',
  }),
  'scenario.migration.summary': phrase({
    en: () => 'migrate a database with a backup before it, and back again by itself when it fails',
    id: () => 'migrasi database dengan backup lebih dulu, dan kembali sendiri bila gagal',
  }),
  'scenario.option.verify-migration': phrase({
    en: () => 'check a migration that was run by hand and write down what it changed',
    id: () => 'periksa migrasi yang dijalankan sendiri dan catat perubahannya',
  }),
  'scenario.maintenance.summary': phrase({
    en: () => 'prepare maintenance: a backup, and a checklist whose tasks `plan run` does',
    id: () => 'siapkan perawatan: backup dan daftar tugas yang dikerjakan `plan run`',
  }),
  'scenario.option.window': phrase({
    en: () => 'how long alerts are held at the most (2h)',
    id: () => 'paling lama peringatan ditahan (2h)',
  }),
  'scenario.option.log-age': phrase({
    en: () => 'remove logs not written to for this long (30d)',
    id: () => 'hapus log yang tidak ditulisi selama ini (30d)',
  }),
  'scenario.option.task': phrase({
    en: () => 'do one task of the checklist now',
    id: () => 'kerjakan satu tugas dari daftar sekarang',
  }),
  'scenario.disaster.summary': phrase({
    en: () => 'after a disaster: find the best backup and rebuild the running app from it',
    id: () => 'setelah bencana: cari backup terbaik dan bangun kembali aplikasi darinya',
  }),
  'scenario.option.from': phrase({
    en: () => 'a folder of backups, or one zip file, to recover from',
    id: () => 'folder berisi backup, atau satu berkas zip, sebagai sumber',
  }),
  'scenario.option.card': phrase({
    en: () => 'write a one-page recovery card to print, without secrets',
    id: () => 'tulis kartu pemulihan satu halaman untuk dicetak, tanpa rahasia',
  }),

  'scenario.step.backup': phrase<{ backup: string }>({
    en: (f) => `Make the backup ${f.backup} and prove it`,
    id: (f) => `Buat backup ${f.backup} dan buktikan`,
  }),
  'scenario.step.stop': phrase({ en: () => 'Stop the app', id: () => 'Hentikan aplikasi' }),
  'scenario.step.stop-by-hand': phrase({
    en: () => 'Stop the app by hand, if it runs (Ctrl-C in its terminal)',
    id: () => 'Hentikan aplikasi sendiri bila berjalan (Ctrl-C di terminalnya)',
  }),
  'scenario.step.restore': phrase<{ backup: string }>({
    en: (f) => `Restore databases and code from ${f.backup}`,
    id: (f) => `Pulihkan database dan kode dari ${f.backup}`,
  }),
  'scenario.step.check': phrase<{ backup: string }>({
    en: (f) => `Check that the app's databases are sound and hold what ${f.backup} holds`,
    id: (f) => `Periksa bahwa database aplikasi sehat dan berisi sama dengan ${f.backup}`,
  }),
  'scenario.step.start': phrase({ en: () => 'Start the app', id: () => 'Jalankan aplikasi' }),
  'scenario.step.start-by-hand': phrase({
    en: () => 'Start the app by hand (for example: python main.py)',
    id: () => 'Jalankan aplikasi sendiri (contoh: python main.py)',
  }),
  'scenario.step.smoke-test': phrase({ en: () => 'Run the smoke test', id: () => 'Jalankan smoke test' }),
  'scenario.step.try-by-hand': phrase({
    en: () => 'Try the app by hand: a balance, a new entry (no app.smoke_test is configured)',
    id: () => 'Coba aplikasi sendiri: lihat saldo, catat transaksi (app.smoke_test belum diatur)',
  }),

  'scenario.list.schema': phrase({
    en: () => 'Every table of before is still there; changes of the schema are meant',
    id: () => 'Semua tabel lama masih ada; perubahan skema memang disengaja',
  }),
  'scenario.list.rows': phrase({
    en: () => 'No table has fewer rows than before the update',
    id: () => 'Tidak ada tabel yang barisnya berkurang dari sebelum update',
  }),
  'scenario.list.integrity': phrase({
    en: () => 'Every database is there, sound, and its foreign keys are no worse',
    id: () => 'Semua database ada, sehat, dan foreign key tidak memburuk',
  }),
  'scenario.list.invariants': phrase<{ count: number }>({
    en: (f) => `The app's own rules hold (${f.count} configured)`,
    id: (f) => `Aturan aplikasi sendiri terpenuhi (${f.count} diatur)`,
  }),
  'scenario.list.smoke-test': phrase({ en: () => 'The smoke test passes', id: () => 'Smoke test lulus' }),
  'scenario.list.try': phrase({
    en: () => 'Try the app by hand: a balance, a new entry, a report',
    id: () => 'Coba aplikasi sendiri: saldo, transaksi baru, laporan',
  }),
  'scenario.plan-open': phrase<{ name: string }>({
    en: (f) => `the plan ${f.name} is still open`,
    id: (f) => `rencana ${f.name} masih terbuka`,
  }),
  'scenario.no-open-plans': phrase({ en: () => 'no plan is open', id: () => 'tidak ada rencana terbuka' }),
  'scenario.problem': phrase<{ path: string; what: string; detail: string }>({
    en: (f) => `${f.path}: ${problems.en[f.what] ?? f.what}${f.detail === '' ? '' : ` (${f.detail})`}`,
    id: (f) => `${f.path}: ${problems.id[f.what] ?? f.what}${f.detail === '' ? '' : ` (${f.detail})`}`,
  }),
  'scenario.table-gone': phrase<{ database: string; table: string; before: number }>({
    en: (f) => `${f.database}: the table ${f.table} is gone; it had ${number(f.before, 'en')} rows`,
    id: (f) => `${f.database}: tabel ${f.table} hilang; tadinya ${number(f.before, 'id')} baris`,
  }),
  'scenario.rows-fell': phrase<{ database: string; table: string; before: number; after: number }>({
    en: (f) =>
      `${f.database}: the table ${f.table} has ${number(f.after, 'en')} rows, ${number(f.before - f.after, 'en')} fewer than before`,
    id: (f) =>
      `${f.database}: tabel ${f.table} berisi ${number(f.after, 'id')} baris, berkurang ${number(f.before - f.after, 'id')}`,
  }),
  'scenario.smoke-failed': phrase<{ command: string; exit: number }>({
    en: (f) => `the smoke test failed with exit code ${f.exit}: ${f.command}`,
    id: (f) => `smoke test gagal dengan kode keluar ${f.exit}: ${f.command}`,
  }),
  'scenario.ready': phrase<{ path: string }>({
    en: (f) => `✅ the plan is ready: ${f.path}`,
    id: (f) => `✅ rencana siap: ${f.path}`,
  }),
  'scenario.backup-made': phrase<{ name: string }>({
    en: (f) => `your data is safe in ${f.name}, recovered once and checked`,
    id: (f) => `data Anda aman di ${f.name}, sudah dicoba dipulihkan dan diperiksa`,
  }),
  'scenario.would': phrase<{ path: string; command: string | null }>({
    en: (f) =>
      `would make a proven backup and write ${f.path}${f.command === null ? '' : `, then run: ${f.command}`}; nothing was done`,
    id: (f) =>
      `akan membuat backup terbukti dan menulis ${f.path}${f.command === null ? '' : `, lalu menjalankan: ${f.command}`}; belum ada yang dikerjakan`,
  }),
  'scenario.passed': phrase({
    en: () => '✅ the update passed: schema, rows, rules and smoke test are as they should be',
    id: () => '✅ update lulus: skema, baris, aturan dan smoke test sesuai',
  }),
  'scenario.failed': phrase({
    en: () => '❌ the update did NOT pass; the backup made before it is untouched',
    id: () => '❌ update TIDAK lulus; backup sebelum update tetap utuh',
  }),
  'scenario.next': phrase<{ what: string; command: string }>({
    en: (f) => `${nexts.en[f.what] ?? 'next'}: ${f.command}`,
    id: (f) => `${nexts.id[f.what] ?? 'berikutnya'}: ${f.command}`,
  }),
  'scenario.nothing-to-find': phrase<{ name: string }>({
    en: (f) => `✅ the app holds what ${f.name} holds`,
    id: (f) => `✅ aplikasi berisi sama dengan ${f.name}`,
  }),

  'plan.summary': phrase({
    en: () => 'see, run and resume the plans of the scenarios',
    id: () => 'lihat, jalankan dan lanjutkan rencana skenario',
  }),
  'plan.list.summary': phrase({ en: () => 'every plan there is', id: () => 'semua rencana yang ada' }),
  'plan.show.summary': phrase({
    en: () => 'one plan: its steps, commands and evidence',
    id: () => 'satu rencana: langkah, perintah dan buktinya',
  }),
  'plan.run.summary': phrase({
    en: () => 'run the steps of a plan, each recorded',
    id: () => 'jalankan langkah-langkah rencana, semuanya dicatat',
  }),
  'plan.resume.summary': phrase({
    en: () => 'go on with a plan that was interrupted or failed',
    id: () => 'lanjutkan rencana yang terputus atau gagal',
  }),
  'plan.stop-app.summary': phrase({
    en: () => 'a step of plans: stop the app (app.stop) and wait until it let go of its databases',
    id: () => 'langkah rencana: hentikan aplikasi (app.stop) dan tunggu database dilepas',
  }),
  'plan.start-app.summary': phrase({
    en: () => 'a step of plans: start the app (app.start), unless it runs',
    id: () => 'langkah rencana: jalankan aplikasi (app.start) bila belum berjalan',
  }),
  'plan.repair-app.summary': phrase({
    en: () => 'make damaged databases anew of what can be read of them (a step of a recovery plan)',
    id: () => 'buat ulang database rusak dari yang masih terbaca (langkah rencana pemulihan)',
  }),
  'plan.option.only': phrase({
    en: () => 'only these databases',
    id: () => 'hanya database ini',
  }),
  'plan.smoke-test.summary': phrase({
    en: () => 'a step of plans: run the smoke test (app.smoke_test) with app.env',
    id: () => 'langkah rencana: jalankan smoke test (app.smoke_test) dengan app.env',
  }),
  'plan.smoke-passed': phrase({ en: () => '✅ the smoke test passed', id: () => '✅ smoke test lulus' }),
  'plan.check-app.summary': phrase({
    en: () => 'a step of plans: the app is sound and holds what a backup holds',
    id: () => 'langkah rencana: aplikasi sehat dan berisi sama dengan backup',
  }),
  'plan.none': phrase({
    en: () => 'there is no plan yet; a scenario makes one: pulih menu scenarios',
    id: () => 'belum ada rencana; skenario yang membuatnya: pulih menu scenarios',
  }),
  'plan.head': phrase({
    en: () => 'PLAN|KIND|STATUS|CREATED|BACKUP',
    id: () => 'RENCANA|JENIS|STATUS|DIBUAT|CADANGAN',
  }),
  'plan.status': phrase<{ status: string }>({
    en: (f) => statuses.en[f.status] ?? f.status,
    id: (f) => statuses.id[f.status] ?? f.status,
  }),
  'plan.title': phrase<{ kind: string; status: string; created: string }>({
    en: (f) => `Plan "${f.kind}": ${statuses.en[f.status] ?? f.status}, made ${f.created}`,
    id: (f) => `Rencana "${f.kind}": ${statuses.id[f.status] ?? f.status}, dibuat ${f.created}`,
  }),
  'plan.step': phrase<{ at: number; total: number; title: string }>({
    en: (f) => `step ${f.at} of ${f.total}: ${f.title}`,
    id: (f) => `langkah ${f.at} dari ${f.total}: ${f.title}`,
  }),
  'plan.ask': phrase<{ target: string }>({
    en: (f) => `Run these steps in ${f.target}?`,
    id: (f) => `Jalankan langkah-langkah ini di ${f.target}?`,
  }),
  'plan.done': phrase({
    en: () => '✅ the plan is done; every step has its evidence in the file',
    id: () => '✅ rencana selesai; bukti setiap langkah ada di berkasnya',
  }),
  'plan.not-done': phrase<{ steps: string }>({
    en: (f) => `❌ the plan is not done: ${f.steps} failed; the backups are untouched`,
    id: (f) => `❌ rencana belum selesai: ${f.steps} gagal; semua backup tetap utuh`,
  }),
  'plan.skipped-after-failure': phrase({
    en: () => 'skipped: a step before it failed',
    id: () => 'dilewati: langkah sebelumnya gagal',
  }),
  'plan.skipped-by-hand': phrase({
    en: () => 'skipped: this step is for a person',
    id: () => 'dilewati: langkah ini untuk orang',
  }),
  'plan.log-done': phrase<{ name: string }>({
    en: (f) => `✅ Plan done: ${f.name}`,
    id: (f) => `✅ Rencana selesai: ${f.name}`,
  }),
  'plan.log-failed': phrase<{ name: string }>({
    en: (f) => `❌ Plan failed: ${f.name}`,
    id: (f) => `❌ Rencana gagal: ${f.name}`,
  }),
  'plan.stopped': phrase<{ how: string }>({
    en: (f) => services.en[f.how] ?? f.how,
    id: (f) => services.id[f.how] ?? f.how,
  }),

  'migration.step.run': phrase({ en: () => 'Run the migration', id: () => 'Jalankan migrasi' }),
  'migration.step.by-hand': phrase({
    en: () => "Run the migration by hand, in the app's folder",
    id: () => 'Jalankan migrasi sendiri, di folder aplikasi',
  }),
  'migration.step.check': phrase({
    en: () => 'Check every database and write down what changed',
    id: () => 'Periksa semua database dan catat perubahannya',
  }),
  'migration.step.rollback': phrase<{ backup: string }>({
    en: (f) => `Only if it failed: go back to ${f.backup}`,
    id: (f) => `Hanya bila gagal: kembali ke ${f.backup}`,
  }),
  'migration.held': phrase<{ pid: number; command: string }>({
    en: (f) =>
      `process ${f.pid} (${f.command}) has a database open: should the migration fail, it can be rolled back only after that has ended (or set app.stop)`,
    id: (f) =>
      `proses ${f.pid} (${f.command}) sedang membuka database: bila migrasi gagal, baru bisa dikembalikan setelah proses itu berhenti (atau atur app.stop)`,
  }),
  'migration.exited': phrase<{ exit: number }>({
    en: (f) => `the migration ended with exit code ${f.exit}`,
    id: (f) => `migrasi berakhir dengan kode keluar ${f.exit}`,
  }),
  'migration.cancelled': phrase({ en: () => 'the migration was cancelled', id: () => 'migrasi dibatalkan' }),
  'migration.interrupted': phrase({
    en: () => 'the migration was interrupted; how far it came is not known',
    id: () => 'migrasi terputus; tidak diketahui sampai di mana',
  }),
  'migration.no-rollback': phrase({
    en: () => 'skipped: the migration went well',
    id: () => 'dilewati: migrasi berhasil',
  }),
  'migration.log-done': phrase<{ name: string }>({
    en: (f) => `✅ Migration done: ${f.name}`,
    id: (f) => `✅ Migrasi selesai: ${f.name}`,
  }),
  'migration.log-rollback': phrase<{ name: string }>({
    en: (f) => `❌ Migration failed, going back: ${f.name}`,
    id: (f) => `❌ Migrasi gagal, kembali ke backup: ${f.name}`,
  }),
  'migration.done': phrase<{ name: string }>({
    en: (f) => `✅ the migration ${f.name} is done and checked`,
    id: (f) => `✅ migrasi ${f.name} selesai dan sudah diperiksa`,
  }),
  'migration.rolled-back': phrase<{ name: string; reason: string }>({
    en: (f) => `❌ the migration ${f.name} failed (${f.reason}); everything is as it was before it`,
    id: (f) => `❌ migrasi ${f.name} gagal (${f.reason}); semua kembali seperti sebelumnya`,
  }),
  'migration.not-rolled-back': phrase<{ name: string; reason: string; trouble: string }>({
    en: (f) =>
      `❌ the migration ${f.name} failed (${f.reason}) and could NOT be rolled back: ${f.trouble}. The backup made before it is untouched`,
    id: (f) =>
      `❌ migrasi ${f.name} gagal (${f.reason}) dan BELUM bisa dikembalikan: ${f.trouble}. Backup sebelumnya tetap utuh`,
  }),
  'migration.bad': phrase<{ name: string; reason: string }>({
    en: (f) => `❌ the migration ${f.name} is not sound (${f.reason}); nothing was changed by looking`,
    id: (f) => `❌ migrasi ${f.name} bermasalah (${f.reason}); pemeriksaan tidak mengubah apa pun`,
  }),
  'migration.schema-change': phrase<{ change: string; type: string; name: string; columns: string }>({
    en: (f) => `${changes.en[f.change] ?? f.change}: ${f.type} ${f.name}${f.columns}`,
    id: (f) => `${changes.id[f.change] ?? f.change}: ${f.type} ${f.name}${f.columns}`,
  }),
  'migration.row-change': phrase<{ database: string; table: string; before: string; after: string }>({
    en: (f) => `rows of ${f.database} ${f.table}: ${f.before} → ${f.after}`,
    id: (f) => `baris ${f.database} ${f.table}: ${f.before} → ${f.after}`,
  }),
  'migration.same': phrase({
    en: () => 'schema and row counts are the same as before',
    id: () => 'skema dan jumlah baris sama seperti sebelumnya',
  }),
  'checkpoint.summary': phrase({
    en: () => 'a proven backup in the middle of a migration, to go back to',
    id: () => 'backup terbukti di tengah migrasi, tempat untuk kembali',
  }),
  'checkpoint.done': phrase<{ label: string; backup: string }>({
    en: (f) => `✅ checkpoint ${f.label}: ${f.backup}`,
    id: (f) => `✅ checkpoint ${f.label} dibuat: ${f.backup}`,
  }),
  'rollback.summary': phrase({
    en: () => 'take back an update or a migration: databases and code as in the backup before it',
    id: () => 'batalkan update atau migrasi: database dan kode seperti di backup sebelumnya',
  }),
  'rollback.option.to': phrase({
    en: () => 'go back to this checkpoint of the migration only',
    id: () => 'kembali hanya sampai checkpoint migrasi ini',
  }),
  'rollback.done': phrase<{ name: string; backup: string }>({
    en: (f) => `✅ ${f.name} is rolled back to ${f.backup}; what was there before is kept`,
    id: (f) => `✅ ${f.name} dikembalikan ke ${f.backup}; keadaan sebelumnya tetap disimpan`,
  }),

  'maintenance.step.hold': phrase<{ window: string }>({
    en: (f) => `Hold alerts for ${f.window} at the most`,
    id: (f) => `Tahan peringatan paling lama ${f.window}`,
  }),
  'maintenance.step.optimise': phrase({
    en: () => 'Optimise every database (PRAGMA optimize)',
    id: () => 'Optimalkan semua database (PRAGMA optimize)',
  }),
  'maintenance.step.analyse': phrase({
    en: () => 'Renew the statistics of every database (ANALYZE)',
    id: () => 'Perbarui statistik semua database (ANALYZE)',
  }),
  'maintenance.step.vacuum': phrase({
    en: () => 'Give back unused space of every database (VACUUM), when the disk has room for it',
    id: () => 'Kembalikan ruang kosong semua database (VACUUM), bila ruang disk cukup',
  }),
  'maintenance.step.logs': phrase<{ age: string }>({
    en: (f) => `Remove logs that nobody wrote to for ${f.age}`,
    id: (f) => `Hapus log yang tidak ditulisi selama ${f.age}`,
  }),
  'maintenance.step.self-test': phrase({
    en: () => 'Recover the newest backup into scratch space and check it',
    id: () => 'Pulihkan backup terbaru ke ruang sementara dan periksa',
  }),
  'maintenance.step.disk': phrase({ en: () => 'Look at the disk', id: () => 'Periksa disk' }),
  'maintenance.step.release': phrase({ en: () => 'Let alerts through again', id: () => 'Lepaskan peringatan lagi' }),
  'maintenance.rollback': phrase<{ backup: string }>({
    en: (f) => `If something went wrong: back to ${f.backup}`,
    id: (f) => `Bila ada yang salah: kembali ke ${f.backup}`,
  }),
  'maintenance.task-done': phrase<{ task: string; figures: string }>({
    en: (f) => `✅ ${f.task} is done: ${f.figures}`,
    id: (f) => `✅ ${f.task} selesai: ${f.figures}`,
  }),

  'disaster.step.assess': phrase({
    en: () => 'Assess what is left and choose the best backup',
    id: () => 'Periksa apa yang tersisa dan pilih backup terbaik',
  }),
  'disaster.step.fetch': phrase<{ path: string }>({
    en: (f) => `Copy the backup here: ${f.path}`,
    id: (f) => `Salin backup ke sini: ${f.path}`,
  }),
  'disaster.step.vault': phrase<{ id: string }>({
    en: (f) => `Fetch snapshot ${f.id} from the vault, complete and compared`,
    id: (f) => `Ambil snapshot ${f.id} dari brankas, lengkap dan dibandingkan`,
  }),
  'disaster.step.lay-out': phrase<{ folder: string }>({
    en: (f) => `Move what is old aside and put the app from ${f.folder} in place`,
    id: (f) => `Sisihkan yang lama dan letakkan aplikasi dari ${f.folder}`,
  }),
  'disaster.step.set-aside': phrase<{ path: string }>({
    en: (f) => `Set aside the configuration that cannot be used: ${f.path}`,
    id: (f) => `Sisihkan konfigurasi yang tidak bisa dipakai: ${f.path}`,
  }),
  'disaster.step.check': phrase({
    en: () => 'Check that every database is sound',
    id: () => 'Periksa bahwa semua database sehat',
  }),
  'disaster.step.watch': phrase({
    en: () => 'Make a new backup and look closely for a day: pulih backup, pulih health',
    id: () => 'Buat backup baru dan awasi satu hari: pulih backup, pulih health',
  }),
  'disaster.missing': phrase<{ path: string }>({ en: (f) => `${f.path} is gone`, id: (f) => `${f.path} hilang` }),
  'disaster.damaged': phrase<{ path: string; detail: string }>({
    en: (f) => `${f.path} is damaged: ${f.detail}`,
    id: (f) => `${f.path} rusak: ${f.detail}`,
  }),
  'disaster.sound': phrase<{ path: string }>({ en: (f) => `${f.path} is sound`, id: (f) => `${f.path} sehat` }),
  'disaster.code': phrase<{ missing: number; files: number }>({
    en: (f) => (f.missing === 0 ? `all ${f.files} files are there` : `${f.missing} of ${f.files} files are gone`),
    id: (f) => (f.missing === 0 ? `semua ${f.files} berkas ada` : `${f.missing} dari ${f.files} berkas hilang`),
  }),
  'disaster.configuration': phrase<{ found: boolean }>({
    en: (f) => (f.found ? 'the configuration is there' : 'there is no configuration'),
    id: (f) => (f.found ? 'konfigurasi ada' : 'konfigurasi tidak ada'),
  }),
  'disaster.backups': phrase<{ proven: number; usable: number; all: number }>({
    en: (f) => `${f.all} backups found, ${f.usable} usable, ${f.proven} of them proven`,
    id: (f) => `${f.all} backup ditemukan, ${f.usable} bisa dipakai, ${f.proven} terbukti`,
  }),
  'disaster.vault': phrase<{ place: string; reason: string }>({
    en: (f) => `the vault ${f.place} could not be read: ${f.reason}`,
    id: (f) => `brankas ${f.place} tidak bisa dibaca: ${f.reason}`,
  }),
  'disaster.disk': phrase<{ freeBytes: number; totalBytes: number }>({
    en: (f) => `${bytes(f.freeBytes, 'en')} of ${bytes(f.totalBytes, 'en')} free`,
    id: (f) => `${bytes(f.freeBytes, 'id')} dari ${bytes(f.totalBytes, 'id')} kosong`,
  }),
  'disaster.title': phrase({ en: () => 'What is left:', id: () => 'Yang tersisa:' }),
  'disaster.chosen': phrase<{ name: string; created: string }>({
    en: (f) => `The best backup: ${f.name}, made ${f.created}, recovered into scratch space and sound`,
    id: (f) => `Backup terbaik: ${f.name}, dibuat ${f.created}, sudah dicoba dipulihkan dan sehat`,
  }),
  'disaster.chosen-vault': phrase<{ name: string; created: string }>({
    en: (f) => `The best backup: ${f.name}, made ${f.created}, in the vault (compared when it is fetched)`,
    id: (f) => `Backup terbaik: ${f.name}, dibuat ${f.created}, di brankas (dibandingkan saat diambil)`,
  }),
  'disaster.ask': phrase<{ target: string }>({
    en: (f) => `Rebuild the app in ${f.target} now?`,
    id: (f) => `Bangun kembali aplikasi di ${f.target} sekarang?`,
  }),
  'disaster.done': phrase<{ target: string }>({
    en: (f) => `✅ the app is rebuilt in ${f.target} and checked`,
    id: (f) => `✅ aplikasi sudah dibangun kembali di ${f.target} dan diperiksa`,
  }),
  'disaster.card-written': phrase<{ text: string; html: string }>({
    en: (f) => `✅ recovery card written: ${f.text}, and to print: ${f.html}`,
    id: (f) => `✅ kartu pemulihan ditulis: ${f.text}, untuk dicetak: ${f.html}`,
  }),
}

const problems: Readonly<Record<'en' | 'id', Readonly<Record<string, string>>>> = {
  en: {
    missing: 'the database is gone',
    unreadable: 'the database cannot be read',
    integrity: 'the database is damaged',
    'foreign-keys': 'more rows point to rows that are not there',
    invariant: 'a rule of the app is newly broken',
    'invariant-failed': 'a rule of the app cannot be checked any more',
    'nothing-checked': 'a rule of the app has nothing left to check',
  },
  id: {
    missing: 'database hilang',
    unreadable: 'database tidak bisa dibaca',
    integrity: 'database rusak',
    'foreign-keys': 'makin banyak baris menunjuk ke baris yang tidak ada',
    invariant: 'aturan aplikasi baru saja dilanggar',
    'invariant-failed': 'aturan aplikasi tidak bisa diperiksa lagi',
    'nothing-checked': 'aturan aplikasi tidak punya data untuk diperiksa',
  },
}

const nexts: Readonly<Record<'en' | 'id', Readonly<Record<string, string>>>> = {
  en: {
    after: 'after the update',
    back: 'to go back',
    run: 'to do it',
    resume: 'to go on',
    undo: 'to undo this',
    see: 'to see it',
  },
  id: {
    after: 'sesudah update',
    back: 'untuk kembali',
    run: 'untuk mengerjakannya',
    resume: 'untuk melanjutkan',
    undo: 'untuk membatalkan ini',
    see: 'untuk melihatnya',
  },
}

const statuses: Readonly<Record<'en' | 'id', Readonly<Record<string, string>>>> = {
  en: {},
  id: {
    ready: 'siap',
    running: 'berjalan',
    done: 'selesai',
    failed: 'gagal',
    pending: 'menunggu',
    skipped: 'dilewati',
  },
}

const services: Readonly<Record<'en' | 'id', Readonly<Record<string, string>>>> = {
  en: {
    stopped: '✅ the app is stopped',
    'not-running': '✅ the app was not running',
    'no-command': 'nothing is configured for this (app.stop, app.start); nothing was done',
    'no-smoke-test': 'no app.smoke_test is configured; nothing was done',
    started: '✅ the app is started',
    running: '✅ the app runs already',
  },
  id: {
    stopped: '✅ aplikasi sudah dihentikan',
    'not-running': '✅ aplikasi memang tidak berjalan',
    'no-command': 'belum diatur (app.stop, app.start); tidak ada yang dikerjakan',
    'no-smoke-test': 'app.smoke_test belum diatur; tidak ada yang dikerjakan',
    started: '✅ aplikasi sudah dijalankan',
    running: '✅ aplikasi sudah berjalan',
  },
}

const changes: Readonly<Record<'en' | 'id', Readonly<Record<string, string>>>> = {
  en: {},
  id: { added: 'ditambah', removed: 'dihapus', changed: 'diubah' },
}

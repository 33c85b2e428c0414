import { failure } from '../sentence.ts'

export const scenarioErrors = {
  'plan.unknown': failure<{ name: string }>(1, {
    en: (f) => [`there is no plan ${f.name}; nothing was changed`, 'see which there are: pulih plan list'],
    id: (f) => [`tidak ada rencana ${f.name}; tidak ada yang diubah`, 'lihat yang ada: pulih plan list'],
  }),
  'plan.unreadable': failure<{ path: string }>(1, {
    en: (f) => [`${f.path} is not a plan of pulih; nothing was changed`, 'see which there are: pulih plan list'],
    id: (f) => [`${f.path} bukan rencana pulih; tidak ada yang diubah`, 'lihat yang ada: pulih plan list'],
  }),
  'plan.finished': failure<{ name: string }>(1, {
    en: (f) => [
      `the plan ${f.name} is done already; nothing was changed`,
      `see what it did: pulih plan show ${f.name}, or let its scenario make a new one: pulih menu scenarios`,
    ],
    id: (f) => [
      `rencana ${f.name} sudah selesai; tidak ada yang diubah`,
      `lihat hasilnya: pulih plan show ${f.name}, atau buat yang baru: pulih menu scenarios`,
    ],
  }),
  'plan.failed': failure<{ path: string; steps: readonly string[] }>(1, {
    en: (f) => [
      `the plan is not done, failed: ${f.steps.join(', ')}; the backups are untouched`,
      `see why: pulih plan show ${f.path}, then go on: pulih plan resume ${f.path}`,
    ],
    id: (f) => [
      `rencana belum selesai, gagal: ${f.steps.join(', ')}; semua backup tetap utuh`,
      `lihat sebabnya: pulih plan show ${f.path}, lalu lanjutkan: pulih plan resume ${f.path}`,
    ],
  }),
  'plan.no-target': failure<{ target: string }>(1, {
    en: (f) => [
      `the folder of this plan is not there: ${f.target}; nothing was done`,
      `make it: mkdir -p '${f.target}'`,
    ],
    id: (f) => [
      `folder rencana ini tidak ada: ${f.target}; tidak ada yang dikerjakan`,
      `buat dulu: mkdir -p '${f.target}'`,
    ],
  }),
  'app.not-started': failure<{ command: string; how: string; log: string }>(1, {
    en: (f) => [`the app did not start (${f.command} ${f.how}); its data is in place`, `see its output: tail ${f.log}`],
    id: (f) => [
      `aplikasi tidak mau berjalan (${f.command} ${f.how}); datanya sudah di tempat`,
      `lihat keluarannya: tail ${f.log}`,
    ],
  }),
  'app.differs': failure<{ name: string; id: string; en: string; count: number }>(1, {
    en: (f) => [
      `the app is not as ${f.name} says: ${f.en}${f.count > 1 ? ` (and ${f.count - 1} more)` : ''}; the backup is untouched`,
      'look at its databases: pulih health',
    ],
    id: (f) => [
      `aplikasi tidak sesuai ${f.name}: ${f.id}${f.count > 1 ? ` (dan ${f.count - 1} lagi)` : ''}; backup tetap utuh`,
      'periksa databasenya: pulih health',
    ],
  }),
  'scenario.preflight': failure<{ id: string; en: string }>(1, {
    en: (f) => [
      `not ready for this: ${f.en}; nothing was changed`,
      'bring the database in order first: pulih scenario corruption',
    ],
    id: (f) => [`belum siap: ${f.id}; tidak ada yang diubah`, 'bereskan databasenya dulu: pulih scenario corruption'],
  }),
  'scenario.not-proven': failure<{ name: string }>(1, {
    en: (f) => [
      `${f.name} is stored but not proven, so nothing may rest on it; nothing was changed`,
      `prove it: pulih verify ${f.name}`,
    ],
    id: (f) => [
      `${f.name} tersimpan tetapi belum terbukti, jadi belum bisa diandalkan; tidak ada yang diubah`,
      `buktikan: pulih verify ${f.name}`,
    ],
  }),
  'migration.unfinished': failure<{ path: string }>(1, {
    en: (f) => [
      `an earlier run of this migration was cut off, or still runs; nothing was changed`,
      `settle it first: pulih plan resume ${f.path}`,
    ],
    id: (f) => [
      `migrasi ini terputus sebelumnya, atau masih berjalan; tidak ada yang diubah`,
      `selesaikan dulu: pulih plan resume ${f.path}`,
    ],
  }),
  'migration.failed': failure<{ name: string; outcome: string }>(1, {
    en: (f) => [
      `the migration ${f.name} failed: ${f.outcome}; the backup made before it is untouched`,
      `see its log: pulih plan show migration_${f.name}`,
    ],
    id: (f) => [
      `migrasi ${f.name} gagal: ${f.outcome}; backup sebelumnya tetap utuh`,
      `lihat catatannya: pulih plan show migration_${f.name}`,
    ],
  }),
  'migration.once': failure<{ name: string }>(1, {
    en: (f) => [
      `the migration ${f.name} has ended already; nothing was changed`,
      `run it anew, with a new backup: pulih scenario migration ${f.name} -- CMD`,
    ],
    id: (f) => [
      `migrasi ${f.name} sudah berakhir; tidak ada yang diubah`,
      `jalankan lagi dengan backup baru: pulih scenario migration ${f.name} -- CMD`,
    ],
  }),
  'migration.checkpoint-taken': failure<{ name: string; label: string }>(1, {
    en: (f) => [
      `the migration ${f.name} has a checkpoint ${f.label} already; nothing was changed`,
      `take another label: pulih checkpoint ${f.name} LABEL`,
    ],
    id: (f) => [
      `migrasi ${f.name} sudah punya checkpoint ${f.label}; tidak ada yang diubah`,
      `pakai label lain: pulih checkpoint ${f.name} LABEL`,
    ],
  }),
  'rollback.unknown': failure<{ name: string }>(1, {
    en: (f) => [
      `no update and no migration is called ${f.name}; nothing was changed`,
      'see the plans there are: pulih plan list',
    ],
    id: (f) => [
      `tidak ada update atau migrasi bernama ${f.name}; tidak ada yang diubah`,
      'lihat rencana yang ada: pulih plan list',
    ],
  }),
  'rollback.no-checkpoint': failure<{ name: string; found: string; labels: readonly string[] }>(1, {
    en: (f) => [
      `the migration ${f.name} has no checkpoint ${f.found}; nothing was changed`,
      f.labels.length === 0
        ? `it has none; to its beginning: pulih rollback ${f.name}`
        : `take one of: ${f.labels.join(', ')}`,
    ],
    id: (f) => [
      `migrasi ${f.name} tidak punya checkpoint ${f.found}; tidak ada yang diubah`,
      f.labels.length === 0 ? `belum ada satu pun; ke awal: pulih rollback ${f.name}` : `pilih: ${f.labels.join(', ')}`,
    ],
  }),
  'maintenance.running': failure<{ path: string }>(1, {
    en: (f) => [
      'maintenance is under way or was cut off; nothing was changed',
      `go on with it: pulih plan resume ${f.path}`,
    ],
    id: (f) => [
      'perawatan sedang berjalan atau terputus; tidak ada yang diubah',
      `lanjutkan: pulih plan resume ${f.path}`,
    ],
  }),
  'maintenance.failed': failure<{ task: string; path: string; reason: string }>(1, {
    en: (f) => [
      `${f.task} of ${f.path} could not be done: ${f.reason}; its rows are as they were`,
      'look at the database: pulih health',
    ],
    id: (f) => [
      `${f.task} ${f.path} tidak bisa dikerjakan: ${f.reason}; barisnya tetap seperti semula`,
      'periksa databasenya: pulih health',
    ],
  }),
  'maintenance.damaged-backup': failure<{ name: string; state: string }>(1, {
    en: (f) => [`the newest backup ${f.name} did not pass: ${f.state}`, 'make a new one now: pulih backup'],
    id: (f) => [`backup terbaru ${f.name} tidak lulus: ${f.state}`, 'buat yang baru sekarang: pulih backup'],
  }),
  'disaster.no-folder': failure<{ path: string }>(2, {
    en: (f) => [`there is no ${f.path}; nothing was done`, 'name a folder of backups, or one zip file, after --from'],
    id: (f) => [
      `${f.path} tidak ada; tidak ada yang dikerjakan`,
      'sebut folder berisi backup, atau satu berkas zip, setelah --from',
    ],
  }),
  'disaster.nothing': failure<{ looked: readonly string[]; damaged: number }>(1, {
    en: (f) => [
      `no usable backup was found in ${f.looked.join(', ')}${f.damaged === 0 ? '' : ` (${f.damaged} found, none of them whole)`}; nothing was changed`,
      'name another place: pulih scenario disaster --from DIR, or fetch one from the vault: pulih vault list --repository PLACE',
    ],
    id: (f) => [
      `tidak ada backup yang bisa dipakai di ${f.looked.join(', ')}${f.damaged === 0 ? '' : ` (${f.damaged} ditemukan, tidak ada yang utuh)`}; tidak ada yang diubah`,
      'sebut tempat lain: pulih scenario disaster --from DIR, atau ambil dari brankas: pulih vault list --repository TEMPAT',
    ],
  }),
}

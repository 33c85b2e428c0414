import { bytes, number, percent } from '../format.ts'
import { phrase } from '../sentence.ts'

const whys = {
  empty: { en: 'is empty', id: 'kosong' },
  encrypted: { en: 'seems to be encrypted', id: 'tampaknya terenkripsi' },
  other: { en: 'is not a SQLite database', id: 'bukan database SQLite' },
} as const

const tokens: Readonly<Record<string, { readonly en: string; readonly id: string }>> = {
  telegram: { en: 'a Telegram bot token', id: 'token bot Telegram' },
  aws: { en: 'an AWS access key', id: 'kunci akses AWS' },
  'private-key': { en: 'a private key', id: 'kunci privat' },
}

export const doctorPhrases = {
  'doctor.restore-unfinished': phrase<{ started: string; paths: number }>({
    en: (f) =>
      `a recovery of ${f.started} was cut off over ${f.paths} paths; nothing is lost, but it has to be settled`,
    id: (f) => `pemulihan ${f.started} terputus di ${f.paths} berkas; tidak ada yang hilang, tetapi harus diselesaikan`,
  }),
  'doctor-summary': phrase({
    en: () =>
      'look for problems around the backups and how to mend each; ends with 0 fine, 3 warnings, 1 critical, 2 broken configuration',
    id: () =>
      'cari masalah di sekitar backup beserta cara memperbaikinya; berakhir dengan 0 baik, 3 peringatan, 1 kritis, 2 konfigurasi rusak',
  }),
  'doctor-fine': phrase({ en: () => '✅ nothing to mend', id: () => '✅ tidak ada yang perlu diperbaiki' }),
  'doctor-count': phrase<{ critical: number; warnings: number }>({
    en: (f) => `${f.critical} critical, ${f.warnings} to look at`,
    id: (f) => `${f.critical} kritis, ${f.warnings} perlu dilihat`,
  }),

  'doctor.config-broken': phrase<{ en: string; id: string }>({ en: (f) => f.en, id: (f) => f.id }),
  'doctor.look-failed': phrase<{ en: string; id: string }>({ en: (f) => f.en, id: (f) => f.id }),
  'doctor.config-absent': phrase<{ app: string }>({
    en: (f) => `${f.app} has no configuration; defaults hold, databases and files are found by looking`,
    id: (f) => `${f.app} belum punya konfigurasi; nilai bawaan berlaku, database dan berkas dicari sendiri`,
  }),
  'doctor.secret-literal': phrase<{ key: string }>({
    en: (f) => `${f.key} is written in the configuration as plain text; name a variable instead: {"env": "NAME"}`,
    id: (f) => `${f.key} tertulis di konfigurasi sebagai teks biasa; sebutkan variabel saja: {"env": "NAMA"}`,
  }),
  'doctor.config-readable': phrase<{ path: string }>({
    en: (f) => `${f.path} holds a secret and others on this machine can read it`,
    id: (f) => `${f.path} berisi rahasia dan bisa dibaca pengguna lain di mesin ini`,
  }),
  'doctor.secret-missing': phrase<{ en: string; id: string }>({ en: (f) => f.en, id: (f) => f.id }),
  'doctor.disabled': phrase({
    en: () => 'automatic backups are switched off (enabled: false)',
    id: () => 'backup otomatis dimatikan (enabled: false)',
  }),
  'doctor.trigger-unknown': phrase<{ name: string; near: string }>({
    en: (f) => `auto_backup_triggers names "${f.name}", which nothing fires; is "${f.near}" meant?`,
    id: (f) => `auto_backup_triggers menyebut "${f.name}" yang tidak pernah terjadi; maksudnya "${f.near}"?`,
  }),
  'doctor.config-no-effect': phrase<{ key: string }>({
    en: (f) => `the key ${f.key} has no effect in this version`,
    id: (f) => `kunci ${f.key} belum berpengaruh di versi ini`,
  }),
  'doctor.no-alerts': phrase({
    en: () => 'no alert channel is configured: a failed backup is only seen by whoever looks',
    id: () => 'belum ada saluran peringatan: backup gagal hanya terlihat bila ada yang memeriksa',
  }),
  'doctor.zone-unknown': phrase<{ named: string; used: string }>({
    en: (f) => `TZ names "${f.named}", which is no known zone; ${f.used} is used. Set time_zone`,
    id: (f) => `TZ berisi "${f.named}", bukan zona yang dikenal; yang dipakai ${f.used}. Isi time_zone`,
  }),
  'doctor.zone-system': phrase<{ zone: string }>({
    en: (f) => `schedules and names follow the system's zone ${f.zone}; time_zone would fix it`,
    id: (f) => `jadwal dan nama mengikuti zona sistem ${f.zone}; time_zone membuatnya tetap`,
  }),

  'doctor.database-none': phrase<{ app: string }>({
    en: (f) => `no database found in ${f.app}; nothing would be backed up`,
    id: (f) => `tidak ada database di ${f.app}; tidak ada yang akan dibackup`,
  }),
  'doctor.database-missing': phrase<{ path: string }>({
    en: (f) => `the database ${f.path} is not there; backups fail until it is (or: pulih forget-source '${f.path}')`,
    id: (f) => `database ${f.path} tidak ada; backup gagal sampai ada lagi (atau: pulih forget-source '${f.path}')`,
  }),
  'doctor.database-odd': phrase<{ path: string; detail: string }>({
    en: (f) => `${f.path} should be a database but cannot be used as one (${f.detail})`,
    id: (f) => `${f.path} seharusnya database tetapi tidak bisa dipakai (${f.detail})`,
  }),
  'doctor.database-doubtful': phrase<{ path: string; why: 'empty' | 'encrypted' | 'other' }>({
    en: (f) => `${f.path} is named like a database but ${whys[f.why]?.en}`,
    id: (f) => `${f.path} bernama seperti database tetapi ${whys[f.why]?.id}`,
  }),
  'doctor.database-unlisted': phrase<{ path: string }>({
    en: (f) => `${f.path} is a database but not in backup_paths.databases: it is not backed up`,
    id: (f) => `${f.path} adalah database tetapi tidak ada di backup_paths.databases: tidak dibackup`,
  }),
  'doctor.database-network': phrase<{ folder: string; kind: string }>({
    en: (f) => `${f.folder} lies on a network file system (${f.kind}); SQLite can lose data there`,
    id: (f) => `${f.folder} ada di sistem berkas jaringan (${f.kind}); SQLite bisa kehilangan data di sana`,
  }),
  'doctor.critical-missing': phrase<{ pattern: string }>({
    en: (f) => `critical_files names ${f.pattern}, but nothing is there`,
    id: (f) => `critical_files menyebut ${f.pattern}, tetapi tidak ditemukan`,
  }),
  'doctor.unreadable': phrase<{ path: string; detail: string | null }>({
    en: (f) => `${f.path} cannot be read (${f.detail}) and is in no backup`,
    id: (f) => `${f.path} tidak bisa dibaca (${f.detail}) dan tidak ada di backup mana pun`,
  }),
  'doctor.found': phrase<{ databases: number; files: number; git: boolean }>({
    en: (f) =>
      `a backup holds ${number(f.databases, 'en')} database${f.databases === 1 ? '' : 's'} and ${number(f.files, 'en')} files${f.git ? ' (as git tracks them)' : ''}`,
    id: (f) =>
      `satu backup memuat ${number(f.databases, 'id')} database dan ${number(f.files, 'id')} berkas${f.git ? ' (sesuai yang dilacak git)' : ''}`,
  }),

  'doctor.versions': phrase<{ pulih: string; node: string; sqlite: string; bots: readonly string[] }>({
    en: (f) =>
      `pulih ${f.pulih}, Node ${f.node}, SQLite ${f.sqlite}${f.bots.length === 0 ? '' : `; the bot's SQLite: ${f.bots.join(', ')}`}`,
    id: (f) =>
      `pulih ${f.pulih}, Node ${f.node}, SQLite ${f.sqlite}${f.bots.length === 0 ? '' : `; SQLite milik bot: ${f.bots.join(', ')}`}`,
  }),
  'doctor.sqlite-own': phrase<{ sqlite: string }>({
    en: (f) => `pulih runs on SQLite ${f.sqlite}, which can lose commits in WAL mode; run it on the pinned Node`,
    id: (f) =>
      `pulih memakai SQLite ${f.sqlite} yang bisa kehilangan commit di mode WAL; jalankan dengan Node yang ditetapkan`,
  }),
  'doctor.sqlite-bot': phrase<{ who: string; sqlite: string; wal: boolean }>({
    en: (f) =>
      `the bot's ${f.who} has SQLite ${f.sqlite}: before 3.51.3 it can lose commits when two programs use a WAL database at once${f.wal ? '' : ' (no database here is in WAL mode)'}. pulih never checkpoints, so it is safe to go on; update when you can`,
    id: (f) =>
      `${f.who} milik bot memakai SQLite ${f.sqlite}: sebelum 3.51.3 bisa kehilangan commit bila dua program memakai database WAL bersamaan${f.wal ? '' : ' (di sini tidak ada database mode WAL)'}. pulih tidak pernah melakukan checkpoint, jadi aman diteruskan; perbarui bila sempat`,
  }),

  'doctor.backups-denied': phrase<{ path: string }>({
    en: (f) => `${f.path} cannot be written to: no backup can be stored`,
    id: (f) => `${f.path} tidak bisa ditulisi: tidak ada backup yang bisa disimpan`,
  }),
  'doctor.archive-readable': phrase<{ count: number; first: string }>({
    en: (f) => `${f.count} archive${f.count === 1 ? '' : 's'} can be read by others on this machine, first ${f.first}`,
    id: (f) => `${f.count} arsip bisa dibaca pengguna lain di mesin ini, pertama ${f.first}`,
  }),
  'doctor.state-readable': phrase<{ path: string }>({
    en: (f) => `${f.path} can be read by others on this machine`,
    id: (f) => `${f.path} bisa dibaca pengguna lain di mesin ini`,
  }),
  'doctor.lock-held': phrase<{ act: string; pid: number; since: string }>({
    en: (f) => `${f.act} is running (process ${f.pid}${f.since === '' ? '' : `, since ${f.since}`})`,
    id: (f) => `${f.act} sedang berjalan (proses ${f.pid}${f.since === '' ? '' : `, sejak ${f.since}`})`,
  }),
  'doctor.leftovers': phrase<{ count: number }>({
    en: (f) => `${f.count} unfinished file${f.count === 1 ? '' : 's'} of an interrupted run; the next run removes them`,
    id: (f) => `${f.count} berkas sisa dari jalan yang terputus; jalan berikutnya membersihkannya`,
  }),
  'doctor.backups-network': phrase<{ folder: string; kind: string }>({
    en: (f) => `${f.folder} lies on a network file system (${f.kind}); let only one machine write to it`,
    id: (f) => `${f.folder} ada di sistem berkas jaringan (${f.kind}); biarkan satu mesin saja yang menulis`,
  }),
  'doctor.backups-volatile': phrase<{ folder: string }>({
    en: (f) => `${f.folder} lies in memory: its backups are gone after a restart of the machine`,
    id: (f) => `${f.folder} ada di memori: backupnya hilang setelah mesin dinyalakan ulang`,
  }),
  'doctor.same-disk': phrase({
    en: () => 'backups and app are on one disk and no vault is configured: one broken disk takes both',
    id: () => 'backup dan aplikasi ada di satu disk dan belum ada brankas: satu disk rusak menghilangkan keduanya',
  }),
  'doctor.foreign': phrase<{ path: string }>({
    en: (f) => `${f.path} is a zip without a manifest; it is left alone and counts for nothing`,
    id: (f) => `${f.path} adalah zip tanpa manifes; dibiarkan dan tidak dihitung`,
  }),

  'doctor.git-missing': phrase({
    en: () => 'the app is in a git work tree but git is not installed: files are found by looking instead',
    id: () => 'aplikasi ada di pohon kerja git tetapi git tidak terpasang: berkas dicari sendiri',
  }),
  'doctor.git-refuses': phrase<{ folder: string }>({
    en: (f) => `git does not answer for ${f.folder}: files are found by looking instead`,
    id: (f) => `git tidak menjawab untuk ${f.folder}: berkas dicari sendiri`,
  }),
  'doctor.git-exposed': phrase<{ folder: string }>({
    en: (f) => `${f.folder} is inside a git work tree and not ignored: backups hold secrets and could be pushed`,
    id: (f) => `${f.folder} ada di pohon kerja git dan tidak diabaikan: backup berisi rahasia dan bisa terkirim`,
  }),
  'doctor.git-holds-backups': phrase<{ count: number; folder: string }>({
    en: (f) =>
      `git tracks ${f.count} file${f.count === 1 ? '' : 's'} of ${f.folder}: whoever has the repository has your data`,
    id: (f) => `git melacak ${f.count} berkas di ${f.folder}: siapa pun yang punya repositorinya punya data Anda`,
  }),
  'doctor.env-tracked': phrase<{ path: string }>({
    en: (f) => `git tracks ${f.path}: its secrets are in the history; remove it and change them`,
    id: (f) => `git melacak ${f.path}: rahasianya ada di riwayat; keluarkan dan ganti rahasianya`,
  }),
  'doctor.token-in-code': phrase<{ path: string; line: number; kind: string }>({
    en: (f) =>
      `${f.path}, line ${f.line}, holds ${tokens[f.kind]?.en} and is tracked by git; move it to .env and change it`,
    id: (f) => `${f.path}, baris ${f.line}, berisi ${tokens[f.kind]?.id} dan dilacak git; pindahkan ke .env dan ganti`,
  }),

  'doctor.space-low': phrase<{ folder: string; freePercent: number; freeBytes: number }>({
    en: (f) => `the disk of ${f.folder} has ${percent(f.freePercent, 'en')} free (${bytes(f.freeBytes, 'en')})`,
    id: (f) => `disk ${f.folder} tersisa ${percent(f.freePercent, 'id')} (${bytes(f.freeBytes, 'id')})`,
  }),
  'doctor.space-next': phrase<{ needBytes: number; freeBytes: number }>({
    en: (f) => `the next backup may need ${bytes(f.needBytes, 'en')}, free are ${bytes(f.freeBytes, 'en')}`,
    id: (f) => `backup berikutnya mungkin perlu ${bytes(f.needBytes, 'id')}, sisanya ${bytes(f.freeBytes, 'id')}`,
  }),
  'doctor.clock-unset': phrase<{ now: string }>({
    en: (f) => `the clock says ${f.now}, which cannot be; set it`,
    id: (f) => `jam menunjukkan ${f.now}, tidak mungkin; setel jamnya`,
  }),
  'doctor.clock-behind': phrase<{ newest: string }>({
    en: (f) => `the newest backup is from ${f.newest}, after now: was the clock moved back?`,
    id: (f) => `backup terbaru bertanggal ${f.newest}, setelah sekarang: apakah jam dimundurkan?`,
  }),
  'doctor.no-backup': phrase({
    en: () => 'there is no backup yet',
    id: () => 'belum ada backup',
  }),
}

import { phrase } from '../sentence.ts'

/** `1 file`, `2 files`: English counts with an ending. */
function counted(count: string | number, noun: string): string {
  return `${count} ${noun}${String(count) === '1' ? '' : 's'}`
}

/** Help, prompts, progress and the words of the front's own commands. */
export const frontPhrases = {
  'option.dir': phrase({
    en: () => "the app's folder (otherwise the nearest one upward with config/backup_config.json, else this one)",
    id: () => 'folder aplikasi (bila tidak disebut: folder terdekat ke atas yang punya config/backup_config.json)',
  }),
  'option.config': phrase({
    en: () => 'another configuration file',
    id: () => 'berkas konfigurasi lain',
  }),
  'option.json': phrase({
    en: () => 'one JSON document on standard output, errors too; progress as JSON lines on standard error',
    id: () => 'satu dokumen JSON di keluaran standar, termasuk kesalahan; kemajuan per baris JSON di keluaran galat',
  }),
  'option.lang': phrase({
    en: () => 'language: id or en (otherwise the configuration, then LANG)',
    id: () => 'bahasa: id atau en (bila tidak disebut: konfigurasi, lalu LANG)',
  }),
  'option.quiet': phrase({
    en: () => 'no progress and no notes, only the result',
    id: () => 'tanpa kemajuan dan catatan, hanya hasilnya',
  }),
  'option.verbose': phrase({
    en: () => 'log lines on standard error as well, and technical detail of errors',
    id: () => 'baris log juga di keluaran galat, beserta rincian teknis kesalahan',
  }),
  'option.yes': phrase({
    en: () => 'answer yes beforehand, for runs that nobody watches',
    id: () => 'jawab ya di muka, untuk jalan tanpa ditunggui',
  }),
  'option.dry-run': phrase({
    en: () => 'show what would happen and change nothing',
    id: () => 'tunjukkan yang akan terjadi tanpa mengubah apa pun',
  }),
  'option.help': phrase({
    en: () => 'this help',
    id: () => 'bantuan ini',
  }),
  'option.version': phrase({
    en: () => 'the version',
    id: () => 'versi',
  }),

  'help.intro': phrase({
    en: () => 'pulih backs up, proves and recovers small apps on live SQLite databases.',
    id: () => 'pulih membackup, membuktikan dan memulihkan aplikasi kecil di atas database SQLite yang sedang dipakai.',
  }),
  'help.usage': phrase({ en: () => 'Usage', id: () => 'Cara pakai' }),
  'help.commands': phrase({ en: () => 'Commands', id: () => 'Perintah' }),
  'help.verb': phrase({ en: () => 'COMMAND', id: () => 'PERINTAH' }),
  'help.options': phrase({ en: () => 'Options', id: () => 'Opsi' }),
  'help.global': phrase({ en: () => 'Options of every command', id: () => 'Opsi untuk semua perintah' }),
  'help.examples': phrase({ en: () => 'Examples', id: () => 'Contoh' }),
  'help.exit': phrase({
    en: () =>
      'Exit codes: 0 done · 1 failed · 2 wrong usage or configuration · 3 done, with warnings · 4 critical health · 5 busy · 130 cancelled',
    id: () =>
      'Kode keluar: 0 selesai · 1 gagal · 2 salah pakai atau konfigurasi · 3 selesai, dengan peringatan · 4 kesehatan kritis · 5 sibuk · 130 dibatalkan',
  }),
  'help.more': phrase({
    en: () => 'More about one command: pulih COMMAND --help',
    id: () => 'Lebih lanjut tentang satu perintah: pulih PERINTAH --help',
  }),
  'help.section.keep': phrase({ en: () => 'Keep safe', id: () => 'Menyimpan' }),
  'help.section.recover': phrase({ en: () => 'Recover', id: () => 'Memulihkan' }),
  'help.section.guide': phrase({ en: () => 'Guided procedures', id: () => 'Dipandu' }),
  'help.section.watch': phrase({ en: () => 'Watch', id: () => 'Memantau' }),
  'help.section.away': phrase({ en: () => 'Off-site', id: () => 'Salinan di luar' }),
  'help.section.alone': phrase({ en: () => 'By itself', id: () => 'Berjalan sendiri' }),
  'help.section.other': phrase({ en: () => 'More', id: () => 'Lainnya' }),

  'prompt.confirm': phrase<{ question: string }>({
    en: (f) => `${f.question} [y/N]`,
    id: (f) => `${f.question} [y/T]`,
  }),
  'front.cancelling': phrase({
    en: () => 'cancelling; a second Ctrl+C ends at once',
    id: () => 'membatalkan; Ctrl+C sekali lagi mengakhiri seketika',
  }),
  'front.next': phrase<{ command: string }>({
    en: (f) => `next: ${f.command}`,
    id: (f) => `lanjut: ${f.command}`,
  }),

  'completion.summary': phrase({
    en: () => 'print completion for a shell',
    id: () => 'cetak pelengkap perintah untuk shell',
  }),

  'backup.summary': phrase({
    en: () => 'back up every database and file, and prove the copy by recovering it',
    id: () => 'backup semua database dan berkas, lalu buktikan salinannya dengan memulihkannya',
  }),
  'backup.option.type': phrase({
    en: () => 'what kind of backup it is (manual unless told; pre_deployment, pre_migration, maintenance …)',
    id: () => 'jenis backup (manual bila tidak disebut; pre_deployment, pre_migration, maintenance …)',
  }),
  'backup.option.label': phrase({
    en: () => 'a word in its name, such as a version',
    id: () => 'kata di dalam namanya, misalnya versi',
  }),
  'backup.option.reason': phrase({
    en: () => 'why it is made, for the record',
    id: () => 'alasan backup, untuk catatan',
  }),
  'backup.option.wait': phrase({
    en: () => 'how long to wait for another run to end (30s unless told), then exit 5',
    id: () => 'berapa lama menunggu proses lain selesai (30s bila tidak disebut), lalu keluar dengan 5',
  }),
  'backup.option.until': phrase({
    en: () => 'how far to wait: stored, or proven (the configuration decides unless told)',
    id: () => 'sampai tahap mana menunggu: stored, atau proven (bila tidak disebut, konfigurasi menentukan)',
  }),
  'backup.preview': phrase<{ databases: number; files: number }>({
    en: (f) =>
      `a backup would hold ${counted(f.databases, 'database')} and ${counted(f.files, 'file')}; nothing was written`,
    id: (f) => `backup akan berisi ${f.databases} database dan ${f.files} berkas; tidak ada yang ditulis`,
  }),
  'backup.done': phrase<{ name: string }>({
    en: (f) => `✅ backup made: ${f.name}`,
    id: (f) => `✅ backup berhasil: ${f.name}`,
  }),
  'backup.holds': phrase<{ databases: string; rows: string; files: string; size: string }>({
    en: (f) =>
      `holds ${counted(f.databases, 'database')} (${counted(f.rows, 'row')}) and ${counted(f.files, 'file')} in ${f.size}`,
    id: (f) => `berisi ${f.databases} database (${f.rows} baris) dan ${f.files} berkas dalam ${f.size}`,
  }),
  'backup.same': phrase<{ name: string }>({
    en: (f) => `same content as ${f.name}: nothing has changed since`,
    id: (f) => `isinya sama dengan ${f.name}: tidak ada perubahan sejak itu`,
  }),
  'backup.proven': phrase<{ stored: string; proven: string }>({
    en: (f) =>
      `your data is safe: stored after ${f.stored}; proven after ${f.proven}, by recovering it and checking everything`,
    id: (f) =>
      `data Anda aman: tersimpan setelah ${f.stored}; terbukti setelah ${f.proven}, dengan memulihkannya dan memeriksa semuanya`,
  }),
  'backup.stored': phrase<{ stored: string }>({
    en: (f) => `stored and read back after ${f.stored}, but not proven yet`,
    id: (f) => `tersimpan dan terbaca ulang setelah ${f.stored}, tetapi belum terbukti`,
  }),
  'verify.summary': phrase({
    en: () => 'prove backups again by recovering them into scratch space (the newest unless named)',
    id: () => 'buktikan lagi backup dengan memulihkannya ke ruang sementara (yang terbaru bila tidak disebut)',
  }),
  'verify.option.all': phrase({ en: () => 'every backup there is', id: () => 'semua backup yang ada' }),
  'verify.proven': phrase<{ name: string; spent: string }>({
    en: (f) => `✅ ${f.name}: proven again in ${f.spent}`,
    id: (f) => `✅ ${f.name}: terbukti lagi dalam ${f.spent}`,
  }),
  'verify.sound': phrase<{ name: string; spent: string }>({
    en: (f) => `✅ ${f.name}: nothing wrong, checked in ${f.spent}; a drill makes it proven: pulih drill ${f.name}`,
    id: (f) =>
      `✅ ${f.name}: tidak ada yang salah, diperiksa dalam ${f.spent}; gladi membuatnya terbukti: pulih drill ${f.name}`,
  }),
  'verify.found': phrase<{ name: string; count: number }>({
    en: (f) => `❌ ${f.name}: ${f.count} ${f.count === 1 ? 'finding' : 'findings'}`,
    id: (f) => `❌ ${f.name}: ${f.count} temuan`,
  }),
  'verify.all-good': phrase<{ count: number }>({
    en: (f) => `${f.count} checked, all can be recovered. Next: pulih list`,
    id: (f) => `${f.count} diperiksa, semua bisa dipulihkan. Lanjut: pulih list`,
  }),
  'verify.some-bad': phrase<{ bad: number; count: number }>({
    en: (f) =>
      `${f.bad} of ${f.count} cannot be relied on and count for nothing. Make a new one: pulih backup; see the others: pulih list`,
    id: (f) =>
      `${f.bad} dari ${f.count} tidak bisa diandalkan dan tidak dihitung. Buat yang baru: pulih backup; lihat yang lain: pulih list`,
  }),
  'export.summary': phrase({
    en: () => 'write a backup in forms any tool reads: SQL text, CSV, or its files',
    id: () => 'tulis backup dalam bentuk yang bisa dibaca alat apa pun: teks SQL, CSV, atau berkasnya',
  }),
  'export.option.sql': phrase({
    en: () => 'one .sql per database; reloads in stock sqlite3 to equal content',
    id: () => 'satu .sql per database; dimuat lagi oleh sqlite3 biasa dengan isi yang sama',
  }),
  'export.option.csv': phrase({
    en: () => 'one .csv per table, in a folder per database',
    id: () => 'satu .csv per tabel, dalam folder per database',
  }),
  'export.option.files': phrase({
    en: () => 'code and settings as they were, with modes and times',
    id: () => 'kode dan pengaturan seperti aslinya, beserta izin dan waktunya',
  }),
  'export.done': phrase<{ name: string; files: string; rows: string }>({
    en: (f) => `✅ exported ${f.name}: ${counted(f.files, 'file')}, ${counted(f.rows, 'row')}`,
    id: (f) => `✅ ${f.name} diekspor: ${f.files} berkas, ${f.rows} baris`,
  }),
  'export.more': phrase<{ count: string }>({
    en: (f) => `… and ${f.count} more`,
    id: (f) => `… dan ${f.count} lagi`,
  }),
  'export.safe': phrase({
    en: () => 'the app and its backups are untouched; these files hold its data in the clear, keep them private',
    id: () => 'aplikasi dan backup tidak tersentuh; berkas ini berisi data terbuka, simpan baik-baik',
  }),
  'left-out.too-large': phrase<{ path: string }>({
    en: (f) => `left out, too large: ${f.path}`,
    id: (f) => `tidak diikutkan, terlalu besar: ${f.path}`,
  }),
  'left-out.excluded': phrase<{ path: string }>({
    en: (f) => `left out on purpose: ${f.path}`,
    id: (f) => `sengaja tidak diikutkan: ${f.path}`,
  }),
  'left-out.unreadable': phrase<{ path: string }>({
    en: (f) => `left out, cannot be read: ${f.path}`,
    id: (f) => `tidak diikutkan, tidak bisa dibaca: ${f.path}`,
  }),
  'left-out.special': phrase<{ path: string }>({
    en: (f) => `left out, neither file nor folder: ${f.path}`,
    id: (f) => `tidak diikutkan, bukan berkas atau folder: ${f.path}`,
  }),
  'left-out.more': phrase<{ count: number }>({
    en: (f) => `… and ${f.count} more left out, all named by --json`,
    id: (f) => `… dan ${f.count} lagi tidak diikutkan, semua disebut oleh --json`,
  }),

  'progress.capture': phrase({ en: () => 'copying', id: () => 'menyalin' }),
  'progress.check': phrase({ en: () => 'checking', id: () => 'memeriksa' }),
  'progress.store': phrase({ en: () => 'storing', id: () => 'menyimpan' }),
  'progress.read-back': phrase({ en: () => 'reading back', id: () => 'membaca ulang' }),
  'progress.prove': phrase({ en: () => 'proving', id: () => 'membuktikan' }),
  'progress.fetch': phrase({ en: () => 'fetching', id: () => 'mengambil' }),
  'progress.swap': phrase({ en: () => 'putting in place', id: () => 'memasang' }),
  'progress.scan': phrase({ en: () => 'looking', id: () => 'menelusuri' }),
  'progress.upload': phrase({ en: () => 'uploading', id: () => 'mengunggah' }),
  'progress.download': phrase({ en: () => 'downloading', id: () => 'mengunduh' }),
}

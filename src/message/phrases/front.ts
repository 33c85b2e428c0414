import { phrase } from '../sentence.ts'

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
  'front.next': phrase<{ command: string }>({
    en: (f) => `next: ${f.command}`,
    id: (f) => `lanjut: ${f.command}`,
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

import { failure, type Language } from '../sentence.ts'

/** What a key of the configuration may hold: data, worded below in both languages and turned into JSON Schema. */
export type Allowed =
  | { readonly kind: 'whole' | 'number'; readonly min: number; readonly max: number }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'list' | 'record'; readonly of: Allowed }
  | { readonly kind: 'or-off'; readonly of: Allowed }
  | {
      readonly kind:
        | 'flag'
        | 'text'
        | 'object'
        | 'time'
        | 'weekly'
        | 'zone'
        | 'duration'
        | 'path-inside'
        | 'folder'
        | 'url'
        | 'secret'
        | 'repository'
        | 'sql'
        | 'chat'
        | 'hours'
        | 'variable'
        | 'anything'
    }

/** One thing wrong with a configuration file; `found` is already safe to print. `line` counts from 1. */
export type ConfigProblem =
  | {
      readonly kind: 'value'
      readonly key: string
      readonly line: number
      readonly found: string
      readonly allowed: Allowed
    }
  | { readonly kind: 'missing'; readonly key: string; readonly line: number; readonly allowed: Allowed }
  | { readonly kind: 'unknown'; readonly key: string; readonly line: number; readonly near: string | null }
  | { readonly kind: 'twice'; readonly key: string; readonly line: number; readonly other: string }
  | { readonly kind: 'inside-backups'; readonly key: string; readonly line: number; readonly found: string }

/** Why a text is not JSON. */
export type SyntaxFault =
  | {
      readonly kind:
        | 'empty'
        | 'end'
        | 'comment'
        | 'quote'
        | 'comma'
        | 'string'
        | 'escape'
        | 'number'
        | 'depth'
        | 'extra'
        | 'utf8'
    }
  | { readonly kind: 'unexpected'; readonly found: string }

type Both<K extends string> = Record<K, { readonly en: string; readonly id: string }>
type Plain = Exclude<Allowed['kind'], 'whole' | 'number' | 'choice' | 'list' | 'record' | 'or-off'>

const plainAllowed: Both<Plain> = {
  flag: { en: 'true or false', id: 'true atau false' },
  text: { en: 'a text that is not empty', id: 'teks yang tidak kosong' },
  object: { en: 'an object { … }', id: 'objek { … }' },
  time: { en: 'a time of day such as "02:00"', id: 'jam seperti "02:00"' },
  weekly: {
    en: 'a weekday and a time such as "Sunday 03:00"',
    id: 'hari dan jam seperti "Minggu 03:00"',
  },
  zone: { en: 'a time zone such as "Asia/Jakarta"', id: 'zona waktu seperti "Asia/Jakarta"' },
  duration: { en: 'a duration such as "10m", "2h" or "1d"', id: 'lama waktu seperti "10m", "2h", atau "1d"' },
  'path-inside': {
    en: 'a path inside the app\'s folder, relative to it, such as "data/bot.db" (for one elsewhere, start pulih with --dir on a folder that holds it)',
    id: 'jalur di dalam folder aplikasi, relatif terhadapnya, seperti "data/bot.db" (untuk yang di luar, jalankan pulih dengan --dir pada folder yang memuatnya)',
  },
  folder: {
    en: 'a folder such as "backups" or "/var/backups/bot" ("~" is not replaced)',
    id: 'folder seperti "backups" atau "/var/backups/bot" ("~" tidak diganti)',
  },
  url: { en: 'an address that begins with http:// or https://', id: 'alamat yang diawali http:// atau https://' },
  secret: {
    en: '{"env": "NAME"}, {"file": "PATH"} or a text',
    id: '{"env": "NAMA"}, {"file": "JALUR"}, atau teks',
  },
  repository: {
    en: '"/path", "s3:https://host/bucket", "sftp:user@host:/path", "rest:http://host:port/" or "rclone:remote:path"',
    id: '"/jalur", "s3:https://host/bucket", "sftp:user@host:/jalur", "rest:http://host:port/", atau "rclone:remote:jalur"',
  },
  sql: {
    en: 'a query that begins with SELECT, WITH, VALUES or PRAGMA and returns the violations',
    id: 'kueri yang diawali SELECT, WITH, VALUES, atau PRAGMA dan menghasilkan pelanggaran',
  },
  chat: {
    en: 'a chat number such as -1001234567890, or "@name"',
    id: 'nomor chat seperti -1001234567890, atau "@nama"',
  },
  hours: {
    en: '"22:00-06:00" or {"from": "22:00", "to": "06:00"}',
    id: '"22:00-06:00" atau {"from": "22:00", "to": "06:00"}',
  },
  variable: { en: 'the name of an environment variable', id: 'nama variabel lingkungan' },
  anything: { en: 'anything', id: 'apa saja' },
}

function allowedWords(allowed: Allowed, language: Language): string {
  const en = language === 'en'
  switch (allowed.kind) {
    case 'whole':
      return en
        ? `a whole number from ${allowed.min} to ${allowed.max}`
        : `bilangan bulat ${allowed.min} sampai ${allowed.max}`
    case 'number':
      return en ? `a number from ${allowed.min} to ${allowed.max}` : `angka ${allowed.min} sampai ${allowed.max}`
    case 'choice':
      return allowed.values.map((value) => `"${value}"`).join(', ')
    case 'list':
      return en
        ? `a list [ … ], each ${allowedWords(allowed.of, language)}`
        : `daftar [ … ], isinya ${allowedWords(allowed.of, language)}`
    case 'record':
      return en
        ? `an object { "name": … }, each value ${allowedWords(allowed.of, language)}`
        : `objek { "nama": … }, nilainya ${allowedWords(allowed.of, language)}`
    case 'or-off':
      return en
        ? `${allowedWords(allowed.of, language)}, or null for off`
        : `${allowedWords(allowed.of, language)}, atau null untuk mematikan`
    default:
      return plainAllowed[allowed.kind]?.[language]
  }
}

function problemWords(problem: ConfigProblem, language: Language): string {
  const en = language === 'en'
  const start = en ? `line ${problem.line}: ${problem.key}` : `baris ${problem.line}: ${problem.key}`
  switch (problem.kind) {
    case 'value':
      return en
        ? `${start} is ${problem.found}; allowed: ${allowedWords(problem.allowed, language)}`
        : `${start} berisi ${problem.found}; yang boleh: ${allowedWords(problem.allowed, language)}`
    case 'missing':
      return en
        ? `${start} is missing; allowed: ${allowedWords(problem.allowed, language)}`
        : `${start} belum ada; yang boleh: ${allowedWords(problem.allowed, language)}`
    case 'unknown':
      if (problem.near === null) return en ? `${start} is not a known key` : `${start} bukan kunci yang dikenal`
      return en
        ? `${start} is not a known key; did you mean ${problem.near}?`
        : `${start} bukan kunci yang dikenal; maksudnya ${problem.near}?`
    case 'twice':
      return en
        ? `${start} is given a second time (first: ${problem.other})`
        : `${start} ditulis dua kali (pertama: ${problem.other})`
    default:
      return en
        ? `${start} is ${problem.found}, which lies in the backup folder; name another backup_directory`
        : `${start} berisi ${problem.found}, padahal itu di dalam folder backup; pilih backup_directory lain`
  }
}

function problemList(problems: readonly ConfigProblem[], language: Language): string {
  if (problems.length === 1) return problemWords(problems[0]!, language)
  const lines = problems.map((problem) => `\n  ${problemWords(problem, language)}`).join('')
  return language === 'en' ? `${problems.length} things are wrong${lines}` : `ada ${problems.length} kesalahan${lines}`
}

const faults: Both<Exclude<SyntaxFault['kind'], 'unexpected'>> = {
  empty: { en: 'there is nothing in it; at least write {}', id: 'tidak ada isinya; tulis setidaknya {}' },
  end: {
    en: 'the text ends too early; a } or ] is missing',
    id: 'teks berhenti terlalu awal; ada } atau ] yang kurang',
  },
  comment: { en: 'comments are not allowed in JSON', id: 'komentar tidak boleh ada di JSON' },
  quote: { en: 'names and texts need double quotes', id: 'nama dan teks harus memakai kutip dua' },
  comma: { en: 'there is one comma too many', id: 'ada satu koma berlebih' },
  string: { en: 'this text has no closing quote on its line', id: 'teks ini tidak punya kutip penutup di barisnya' },
  escape: {
    en: 'a backslash here means nothing; write \\\\ for one',
    id: 'garis miring terbalik ini tidak berarti; tulis \\\\',
  },
  number: { en: 'this is not a number', id: 'ini bukan angka' },
  depth: { en: 'nested too deeply', id: 'terlalu banyak lapisan' },
  extra: { en: 'there is more text after the end', id: 'masih ada teks setelah bagian akhir' },
  utf8: { en: 'the file is not UTF-8 text', id: 'berkas ini bukan teks UTF-8' },
}

function faultWords(fault: SyntaxFault, language: Language): string {
  if (fault.kind !== 'unexpected') return faults[fault.kind]?.[language]
  return language === 'en' ? `${fault.found} was not expected here` : `${fault.found} tidak seharusnya di sini`
}

/** Of the configuration file and of finding the app. Nothing was changed when one of these is thrown. */
export const configErrors = {
  'config.invalid': failure<{ where: string; problems: readonly ConfigProblem[] }>(2, {
    en: (f) => [
      `${f.where}: ${problemList(f.problems, 'en')}`,
      'correct the file; nothing was changed. Check it with: pulih doctor',
    ],
    id: (f) => [
      `${f.where}: ${problemList(f.problems, 'id')}`,
      'perbaiki berkas itu; tidak ada yang diubah. Periksa dengan: pulih doctor',
    ],
  }),
  'config.syntax': failure<{ where: string; line: number; column: number; fault: SyntaxFault }>(2, {
    en: (f) => [
      `${f.where} is not valid JSON: line ${f.line}, column ${f.column}: ${faultWords(f.fault, 'en')}`,
      'correct that line; nothing was changed. Check it with: pulih doctor',
    ],
    id: (f) => [
      `${f.where} bukan JSON yang benar: baris ${f.line}, kolom ${f.column}: ${faultWords(f.fault, 'id')}`,
      'perbaiki baris itu; tidak ada yang diubah. Periksa dengan: pulih doctor',
    ],
  }),
  'config.absent': failure<{ path: string }>(2, {
    en: (f) => [
      `there is no configuration file ${f.path}`,
      'name an existing one with --config, or make one: pulih init',
    ],
    id: (f) => [`tidak ada berkas konfigurasi ${f.path}`, 'sebutkan yang ada dengan --config, atau buat: pulih init'],
  }),
  'config.not-file': failure<{ path: string }>(2, {
    en: (f) => [`${f.path} is not a file, so it cannot be the configuration`, `look at it: ls -ld '${f.path}'`],
    id: (f) => [`${f.path} bukan berkas, jadi tidak bisa menjadi konfigurasi`, `periksa: ls -ld '${f.path}'`],
  }),
  'config.too-large': failure<{ path: string; bytes: number }>(2, {
    en: (f) => [
      `${f.path} has ${f.bytes} bytes; a configuration is under 1 MB`,
      `is it the right file? look: head '${f.path}'`,
    ],
    id: (f) => [
      `${f.path} berisi ${f.bytes} byte; konfigurasi selalu di bawah 1 MB`,
      `apakah berkasnya benar? lihat: head '${f.path}'`,
    ],
  }),
  'config.no-folder': failure<{ path: string }>(2, {
    en: (f) => [`${f.path} is not a folder; nothing was done`, "name the app's folder: --dir PATH"],
    id: (f) => [`${f.path} bukan folder; tidak ada yang dikerjakan`, 'sebutkan folder aplikasinya: --dir JALUR'],
  }),
  'config.backup-folder': failure<{ path: string; app: string }>(2, {
    en: (f) => [
      `the backup folder ${f.path} holds the app itself (${f.app}); nothing would be left to back up`,
      'name a folder of its own in backup_paths.backup_directory, such as "backups"',
    ],
    id: (f) => [
      `folder backup ${f.path} memuat aplikasinya sendiri (${f.app}); tidak ada lagi yang bisa dibackup`,
      'pilih folder tersendiri di backup_paths.backup_directory, misalnya "backups"',
    ],
  }),
  'config.secret': failure<{ key: string; from: 'env' | 'file'; name: string; reason: string | null }>(2, {
    en: (f) => [
      f.from === 'env'
        ? `${f.key} should come from the environment variable ${f.name}, which is not set`
        : `${f.key} should come from the file ${f.name}, which cannot be used (${f.reason})`,
      f.from === 'env'
        ? `set it where pulih runs: export ${f.name}=…`
        : `put the secret there, alone: ls -l '${f.name}'`,
    ],
    id: (f) => [
      f.from === 'env'
        ? `${f.key} diambil dari variabel lingkungan ${f.name}, tetapi belum diisi`
        : `${f.key} diambil dari berkas ${f.name}, tetapi tidak bisa dipakai (${f.reason})`,
      f.from === 'env'
        ? `isi di tempat pulih berjalan: export ${f.name}=…`
        : `taruh rahasianya saja di sana: ls -l '${f.name}'`,
    ],
  }),
  'config.language': failure<{ found: string }>(2, {
    en: (f) => [`there is no language "${f.found}"`, 'allowed: --lang id or --lang en'],
    id: (f) => [`tidak ada bahasa "${f.found}"`, 'yang boleh: --lang id atau --lang en'],
  }),
}

import { phrase } from '../sentence.ts'

/** What RESTORE.txt names. Paths are relative to the app's folder; no secret, no file but the databases. */
export interface RestoreTextFacts {
  readonly name: string
  readonly created: string
  readonly databases: readonly string[]
  readonly files: number
}

/** One word of a shell command, whatever stands in it. */
const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`
const here = (path: string): string => quote(path.startsWith('-') ? `./${path}` : path)

const check = (path: string): string => `    sqlite3 ${quote(`pulih-out/databases/${path}`)} 'PRAGMA integrity_check'`

function aside(path: string): string {
  const file = here(path)
  return `    for s in '' -wal -shm -journal; do if [ -e ${file}"$s" ]; then mv ${file}"$s" ${file}"$s".old; fi; done`
}

const put = (path: string): string => `    cp ${quote(`pulih-out/databases/${path}`)} ${here(path)}`
const unpack = (name: string): string => `    unzip -q ${quote(`${name}.zip`)} -d pulih-out`

export const archivePhrases = {
  /** The whole of RESTORE.txt in one language; the four indented steps can be pasted into a shell as they are. */
  'archive.restore-text': phrase<RestoreTextFacts>({
    id: (f) => `CARA MEMULIHKAN BACKUP INI TANPA PULIH (English below)

Backup : ${f.name}
Dibuat : ${f.created}
Isi    : ${f.databases.length} database, ${f.files} berkas kode dan pengaturan

Cukup unzip dan sqlite3. Jalankan dari folder aplikasi, dengan arsip ini di dalamnya.

1. Hentikan dulu aplikasinya. Database yang sedang dipakai jangan ditimpa.
2. Bongkar ke folder baru:
${unpack(f.name)}
3. Periksa tiap database; jawabannya harus: ok
${f.databases.map(check).join('\n')}
4. Sisihkan database lama BERSAMA -wal, -shm dan -journal di sampingnya
   (sisa -wal dari database lama akan merusak yang baru), lalu taruh yang dipulihkan:
${f.databases.flatMap((path) => [aside(path), put(path)]).join('\n')}
5. Kode dan pengaturan ada di pulih-out/code. Di situ bisa ada rahasia (.env): jangan dibagikan.
6. Jalankan lagi aplikasinya. Berkas *.old dihapus setelah Anda yakin.

SHA-256 tiap berkas ada di backup_info.json. Dengan pulih semua langkah ini satu perintah,
dengan pemeriksaan dan bisa dibatalkan: pulih restore ${f.name}.zip
`,
    en: (f) => `HOW TO RECOVER THIS BACKUP WITHOUT PULIH

Backup : ${f.name}
Created: ${f.created}
Holds  : ${f.databases.length} database(s), ${f.files} file(s) of code and settings

All you need is unzip and sqlite3. Work in the app's folder, with this archive in it.

1. Stop the app first. Never overwrite a database that is in use.
2. Unpack into a new folder:
${unpack(f.name)}
3. Check each database; the answer must be: ok
${f.databases.map(check).join('\n')}
4. Put the old database aside TOGETHER with the -wal, -shm and -journal beside it
   (a -wal left over from the old one would damage the new one), then put the recovered one there:
${f.databases.flatMap((path) => [aside(path), put(path)]).join('\n')}
5. Code and settings are in pulih-out/code. They may hold secrets (.env): do not share them.
6. Start the app again. Delete the *.old files once you are sure.

The SHA-256 of every file is in backup_info.json. With pulih all of this is one command,
checked and reversible: pulih restore ${f.name}.zip
`,
  }),
}

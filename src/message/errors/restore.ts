import { failure } from '../sentence.ts'

export interface Held {
  readonly path: string
  readonly holders: readonly { readonly pid: number; readonly command: string }[]
  readonly more: number
}

const named = (f: Held, other: string): string =>
  f.holders.map(({ pid, command }) => `${pid} (${command})`).join(', ') + (f.more === 0 ? '' : ` ${other}`)

export const restoreErrors = {
  'restore.changed': failure<{ path: string }>(1, {
    en: (f) => [
      `${f.path} was changed by somebody while it was being replaced; the old state is back as it was`,
      'stop the app, then run the same command again',
    ],
    id: (f) => [
      `${f.path} diubah pihak lain saat sedang diganti; keadaan lama sudah dikembalikan`,
      'hentikan aplikasi, lalu jalankan perintah yang sama lagi',
    ],
  }),
  'restore.stuck': failure<{ id: string; place: string; reason: string }>(1, {
    en: (f) => [
      `neither the new nor the old state could be put in place completely (${f.reason}); nothing is lost: the old files are in ${f.place}`,
      'remove the cause and keep the app stopped, then run: pulih restore --undo',
    ],
    id: (f) => [
      `keadaan baru maupun lama belum bisa dipasang lengkap (${f.reason}); tidak ada yang hilang: berkas lama ada di ${f.place}`,
      'atasi penyebabnya, biarkan aplikasi berhenti, lalu jalankan: pulih restore --undo',
    ],
  }),
  'restore.held': failure<Held>(1, {
    en: (f) => [
      `${f.path} is in use by process ${named(f, `and ${f.more} more`)}; nothing was changed`,
      'stop it and run the same command again, or let pulih stop the app: set app.stop and app.start in config/backup_config.json',
    ],
    id: (f) => [
      `${f.path} sedang dipakai proses ${named(f, `dan ${f.more} lagi`)}; tidak ada yang diubah`,
      'hentikan proses itu lalu ulangi perintah yang sama, atau biarkan pulih yang menghentikan: isi app.stop dan app.start di config/backup_config.json',
    ],
  }),
  'restore.damaged': failure<{ name: string; code: string; path: string | null; better: string | null }>(1, {
    en: (f) => [
      `${f.name} is damaged (${f.code}${f.path === null ? '' : `: ${f.path}`}) and is not used; nothing was changed`,
      f.better === null
        ? 'see everything that is wrong, then choose another one: pulih verify --all'
        : `use an older proven one: pulih restore ${f.better}`,
    ],
    id: (f) => [
      `${f.name} rusak (${f.code}${f.path === null ? '' : `: ${f.path}`}) dan tidak dipakai; tidak ada yang diubah`,
      f.better === null
        ? 'lihat semua kerusakannya, lalu pilih yang lain: pulih verify --all'
        : `pakai yang lebih lama dan terbukti: pulih restore ${f.better}`,
    ],
  }),
  'restore.copy-damaged': failure<{ path: string; detail: string }>(1, {
    en: (f) => [
      `what was recovered for ${f.path} is not sound (${f.detail}); it is not used, the app is as it was`,
      'use another backup: pulih list; and see what is wrong with this one: pulih verify',
    ],
    id: (f) => [
      `hasil pemulihan ${f.path} tidak baik (${f.detail}); tidak dipakai, aplikasi tetap seperti semula`,
      'pakai backup lain: pulih list; dan periksa yang ini: pulih verify',
    ],
  }),
  'restore.unsafe': failure<{ archive: string; path: string; reason: string }>(1, {
    en: (f) => [
      `${f.archive} holds a name that must not be written: '${f.path}' (${f.reason}); nothing was written`,
      'do not trust this file; use one that pulih made: pulih list',
    ],
    id: (f) => [
      `${f.archive} berisi nama yang tidak boleh ditulis: '${f.path}' (${f.reason}); tidak ada yang ditulis`,
      'jangan percayai berkas ini; pakai buatan pulih sendiri: pulih list',
    ],
  }),
  'restore.link': failure<{ path: string; leads: string | null }>(1, {
    en: (f) => [
      `${f.path} is a symbolic link (to ${f.leads ?? 'nothing'}); a recovery does not write through it, and nothing was changed`,
      'remove the link or put a real file or folder in its place, or recover beside it: pulih restore NAME --to FOLDER',
    ],
    id: (f) => [
      `${f.path} adalah tautan simbolik (ke ${f.leads ?? 'tempat yang tidak ada'}); pemulihan tidak menulis lewat tautan, dan tidak ada yang diubah`,
      'hapus tautannya atau ganti dengan berkas atau folder sungguhan, atau pulihkan di tempat lain: pulih restore NAMA --to FOLDER',
    ],
  }),
  'restore.in-the-way': failure<{ path: string }>(1, {
    en: (f) => [
      `${f.path} is in the way: the backup has something of another kind there; nothing was changed`,
      `move it aside, then run the same command again: mv '${f.path}' '${f.path}.old'`,
    ],
    id: (f) => [
      `${f.path} menghalangi: di backup, yang ada di sana berbeda jenis; tidak ada yang diubah`,
      `pindahkan dulu, lalu ulangi perintah yang sama: mv '${f.path}' '${f.path}.old'`,
    ],
  }),
  'restore.exists': failure<{ path: string }>(1, {
    en: (f) => [
      `${f.path} is there already and is not overwritten; nothing was written`,
      'choose an empty folder: pulih restore NAME --to FOLDER',
    ],
    id: (f) => [
      `${f.path} sudah ada dan tidak ditimpa; tidak ada yang ditulis`,
      'pilih folder kosong: pulih restore NAMA --to FOLDER',
    ],
  }),
  'restore.not-empty': failure<{ folder: string }>(2, {
    en: (f) => [
      `${f.folder} is not empty; nothing was written`,
      'name an empty or absent folder, or add --into (files already there are never overwritten)',
    ],
    id: (f) => [
      `${f.folder} tidak kosong; tidak ada yang ditulis`,
      'sebutkan folder kosong atau yang belum ada, atau tambahkan --into (berkas yang sudah ada tidak akan ditimpa)',
    ],
  }),
  'restore.twins': failure<{ first: string; second: string; place: string }>(1, {
    en: (f) => [
      `'${f.first}' and '${f.second}' are one name on the disk of ${f.place}; nothing was written`,
      'recover to a disk that tells them apart, or one of them alone: pulih restore NAME --to FOLDER --only PATH',
    ],
    id: (f) => [
      `'${f.first}' dan '${f.second}' dianggap satu nama di disk ${f.place}; tidak ada yang ditulis`,
      'pulihkan ke disk yang bisa membedakannya, atau salah satunya saja: pulih restore NAMA --to FOLDER --only PATH',
    ],
  }),
  'restore.only': failure<{ found: string; near: string | null }>(2, {
    en: (f) => [
      `'${f.found}' is not in this backup${f.near === null ? '' : `; did you mean '${f.near}'?`}`,
      'see what it holds: pulih show NAME',
    ],
    id: (f) => [
      `'${f.found}' tidak ada di backup ini${f.near === null ? '' : `; maksudnya '${f.near}'?`}`,
      'lihat isinya: pulih show NAMA',
    ],
  }),
  'restore.time': failure<{ found: string }>(2, {
    en: (f) => [`"${f.found}" is not a time`, 'for example: pulih restore --at "2025-08-02 12:00"'],
    id: (f) => [`"${f.found}" bukan waktu`, 'contoh: pulih restore --at "2025-08-02 12:00"'],
  }),
  'restore.none-at': failure<{ time: string; oldest: string | null }>(1, {
    en: (f) => [
      `there is no proven backup from ${f.time} or before; nothing was changed`,
      f.oldest === null
        ? 'prove what is there: pulih verify --all'
        : `the oldest proven one: pulih restore ${f.oldest}`,
    ],
    id: (f) => [
      `tidak ada backup terbukti dari ${f.time} atau sebelumnya; tidak ada yang diubah`,
      f.oldest === null
        ? 'buktikan yang ada: pulih verify --all'
        : `yang terbukti paling lama: pulih restore ${f.oldest}`,
    ],
  }),
  'restore.no-file': failure<{ path: string }>(1, {
    en: (f) => [`there is no file ${f.path}; nothing was changed`, 'see the backups by name: pulih list'],
    id: (f) => [`tidak ada berkas ${f.path}; tidak ada yang diubah`, 'lihat backup menurut namanya: pulih list'],
  }),
  'restore.where': failure<{ found: string }>(2, {
    en: (f) => [
      `there is no app here to put ${f.found} back into; nothing was changed`,
      `say where: pulih restore '${f.found}' --to FOLDER, or name the app: --dir PATH`,
    ],
    id: (f) => [
      `tidak ada aplikasi di sini untuk dipulihkan dari ${f.found}; tidak ada yang diubah`,
      `sebutkan tempatnya: pulih restore '${f.found}' --to FOLDER, atau aplikasinya: --dir PATH`,
    ],
  }),
  'restore.both': failure<{ first: string; second: string }>(2, {
    en: (f) => [
      `${f.first} and ${f.second} do not go together; nothing was done`,
      'see how to use it: pulih restore --help',
    ],
    id: (f) => [
      `${f.first} dan ${f.second} tidak bisa dipakai bersama; tidak ada yang dikerjakan`,
      'lihat cara pakainya: pulih restore --help',
    ],
  }),
  'restore.stop-failed': failure<{ command: string; how: string }>(1, {
    en: (f) => [
      `the app could not be stopped: "${f.command}" ${f.how}; nothing was changed`,
      'stop it by hand, correct app.stop in config/backup_config.json, then run the same command again',
    ],
    id: (f) => [
      `aplikasi tidak bisa dihentikan: "${f.command}" ${f.how}; tidak ada yang diubah`,
      'hentikan sendiri, perbaiki app.stop di config/backup_config.json, lalu ulangi perintah yang sama',
    ],
  }),
  'restore.nothing-to-undo': failure(1, {
    en: () => ['there is no recovery to undo; nothing was changed', 'see what was done so far: pulih history'],
    id: () => [
      'tidak ada pemulihan yang bisa dibatalkan; tidak ada yang diubah',
      'lihat yang sudah dikerjakan: pulih history',
    ],
  }),
  'restore.undo-gone': failure<{ id: string; path: string; safety: string | null }>(1, {
    en: (f) => [
      `the files that ${f.id} replaced are no longer kept (${f.path}); nothing was changed`,
      f.safety === null
        ? 'use a backup: pulih list'
        : `its safety snapshot holds the same data: pulih restore ${f.safety}`,
    ],
    id: (f) => [
      `berkas yang diganti oleh ${f.id} sudah tidak disimpan (${f.path}); tidak ada yang diubah`,
      f.safety === null
        ? 'pakai backup: pulih list'
        : `snapshot pengamannya berisi data yang sama: pulih restore ${f.safety}`,
    ],
  }),
}

import { failure } from '../sentence.ts'

/** A live database or file that cannot be captured: nothing was backed up, nothing was created, earlier backups stand. */
export const sourceErrors = {
  'source.missing': failure<{ path: string }>(1, {
    en: (f) => [
      `the database ${f.path} is not there; no backup was made, the earlier ones are untouched`,
      `bring it back (pulih restore latest), correct its path in the configuration, or, if it is gone on purpose: pulih forget-source '${f.path}'`,
    ],
    id: (f) => [
      `database ${f.path} tidak ada; backup tidak dibuat, backup lama tetap utuh`,
      `kembalikan (pulih restore latest), perbaiki letaknya di konfigurasi, atau bila memang sengaja dihapus: pulih forget-source '${f.path}'`,
    ],
  }),
  'source.empty': failure<{ path: string }>(1, {
    en: (f) => [
      `the database ${f.path} is empty (0 bytes); no backup was made, the earlier ones are untouched`,
      `a wrong path or an overwritten file does this; see what the last backup holds: pulih show latest`,
    ],
    id: (f) => [
      `database ${f.path} kosong (0 byte); backup tidak dibuat, backup lama tetap utuh`,
      `biasanya karena letak yang salah atau berkas tertimpa; lihat isi backup terakhir: pulih show latest`,
    ],
  }),
  'source.not-sqlite': failure<{ path: string }>(1, {
    en: (f) => [
      `${f.path} is not a SQLite database; no backup was made, the earlier ones are untouched`,
      `if something overwrote it: pulih restore latest --only '${f.path}'; if it never was one, correct backup_paths.databases or list it under critical_files`,
    ],
    id: (f) => [
      `${f.path} bukan database SQLite; backup tidak dibuat, backup lama tetap utuh`,
      `bila tertimpa: pulih restore latest --only '${f.path}'; bila memang bukan database, perbaiki backup_paths.databases atau tulis di critical_files`,
    ],
  }),
  'source.encrypted': failure<{ path: string }>(1, {
    en: (f) => [
      `${f.path} looks like an encrypted database, which cannot be copied safely while it is in use; no backup was made`,
      `stop the app and list it as a file under critical_files, or keep it unencrypted and encrypt the backup instead: pulih vault init`,
    ],
    id: (f) => [
      `${f.path} tampaknya database terenkripsi dan tidak bisa disalin dengan aman selagi dipakai; backup tidak dibuat`,
      `hentikan aplikasi dan tulis sebagai berkas di critical_files, atau simpan tanpa enkripsi lalu enkripsi backupnya: pulih vault init`,
    ],
  }),
  'source.not-a-file': failure<{ path: string; kind: 'folder' | 'loop' | 'special' }>(1, {
    en: (f) => [
      `${f.path} is ${{ folder: 'a folder', loop: 'a symbolic link that leads back to itself', special: 'a device, socket or pipe' }[f.kind]}, not a database file; no backup was made`,
      `correct its path under backup_paths.databases`,
    ],
    id: (f) => [
      `${f.path} adalah ${{ folder: 'folder', loop: 'tautan simbolik yang berputar ke dirinya sendiri', special: 'perangkat, soket atau pipa' }[f.kind]}, bukan berkas database; backup tidak dibuat`,
      `perbaiki letaknya di backup_paths.databases`,
    ],
  }),
  'source.malformed': failure<{ path: string; detail: string }>(1, {
    en: (f) => [
      `the database ${f.path} is damaged (${f.detail}); it was not backed up, the earlier backups are untouched`,
      'see the ways back and what each would lose: pulih scenario corruption',
    ],
    id: (f) => [
      `database ${f.path} rusak (${f.detail}); tidak dibackup, backup lama tetap utuh`,
      'lihat pilihan pemulihan dan kerugiannya: pulih scenario corruption',
    ],
  }),
  'source.busy': failure<{ path: string; waitedSeconds: number }>(1, {
    en: (f) => [
      `${f.path} stayed locked by another process for ${f.waitedSeconds} s, so no backup was made; the data is as it was`,
      `a long write or locking_mode=EXCLUSIVE does this; see who has it open: fuser '${f.path}', then try again`,
    ],
    id: (f) => [
      `${f.path} terus dikunci proses lain selama ${f.waitedSeconds} detik, jadi backup tidak dibuat; data tetap seperti semula`,
      `penyebabnya penulisan yang lama atau locking_mode=EXCLUSIVE; lihat pemakainya: fuser '${f.path}', lalu coba lagi`,
    ],
  }),
  'source.unopenable': failure<{ path: string; detail: string }>(1, {
    en: (f) => [
      `SQLite cannot open ${f.path} for reading (${f.detail}); no backup was made, the data is as it was`,
      `run pulih as the user the app runs as; look at the owner of the file, of its -wal and -shm, and of its folder: ls -la`,
    ],
    id: (f) => [
      `SQLite tidak bisa membuka ${f.path} untuk dibaca (${f.detail}); backup tidak dibuat, data tetap seperti semula`,
      `jalankan pulih sebagai pengguna yang sama dengan aplikasi; periksa pemilik berkas, -wal dan -shm-nya, serta foldernya: ls -la`,
    ],
  }),
  'source.interrupted': failure<{ path: string }>(1, {
    en: (f) => [
      `${f.path} holds a write that was cut off, and it kept changing while it was being copied; no backup was made`,
      'SQLite completes it the next time the app opens the database; start the app, then try again',
    ],
    id: (f) => [
      `${f.path} menyimpan penulisan yang terputus dan terus berubah selagi disalin; backup tidak dibuat`,
      'SQLite menuntaskannya saat aplikasi membuka database; jalankan aplikasi, lalu coba lagi',
    ],
  }),
  'source.replaced': failure<{ path: string }>(1, {
    en: (f) => [
      `${f.path} was replaced again and again while it was being captured; no backup was made, the earlier ones are untouched`,
      'find out what replaces the file (a restore or a deployment under way?), then try again',
    ],
    id: (f) => [
      `${f.path} berkali-kali diganti selagi diambil; backup tidak dibuat, backup lama tetap utuh`,
      'cari apa yang mengganti berkas itu (ada pemulihan atau deployment berjalan?), lalu coba lagi',
    ],
  }),
  'source.outgrown': failure<{ path: string; walBytes: number }>(1, {
    en: (f) => [
      `while ${f.path} was being copied its -wal grew by ${Math.round(f.walBytes / 1e6)} MB, so the copy was given up before it could fill the disk; the data is as it was`,
      'try again at a quieter hour, or put the backups on a faster disk',
    ],
    id: (f) => [
      `selagi ${f.path} disalin, berkas -wal-nya bertambah ${Math.round(f.walBytes / 1e6)} MB, jadi penyalinan dihentikan sebelum disk penuh; data tetap seperti semula`,
      'coba lagi saat lebih sepi, atau taruh backup di disk yang lebih cepat',
    ],
  }),
  'source.failed': failure<{ path: string; detail: string }>(1, {
    en: (f) => [
      `SQLite could not read ${f.path} (${f.detail}); no backup was made, the earlier ones are untouched`,
      'check the disk and the database: pulih doctor',
    ],
    id: (f) => [
      `SQLite tidak bisa membaca ${f.path} (${f.detail}); backup tidak dibuat, backup lama tetap utuh`,
      'periksa disk dan database: pulih doctor',
    ],
  }),
  'source.helper-died': failure<{ path: string | null; how: string }>(1, {
    en: (f) => [
      `the process that was reading ${f.path ?? 'the databases'} ended unexpectedly (${f.how}); nothing half-made was kept, the data is as it was`,
      'try again; if it happens every time the file or the memory may be damaged: pulih doctor',
    ],
    id: (f) => [
      `proses yang membaca ${f.path ?? 'database'} berhenti mendadak (${f.how}); tidak ada sisa setengah jadi, data tetap seperti semula`,
      'coba lagi; jika selalu terjadi, berkas atau memori mungkin rusak: pulih doctor',
    ],
  }),
}

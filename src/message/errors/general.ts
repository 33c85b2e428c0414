import { failure } from '../sentence.ts'

export const generalErrors = {
  cancelled: failure(130, {
    en: () => [
      'cancelled; nothing half-made was kept and the earlier backups are untouched',
      'run the same command again',
    ],
    id: () => ['dibatalkan; tidak ada sisa setengah jadi dan backup lama utuh', 'jalankan perintah yang sama lagi'],
  }),
  bug: failure<{ detail: string }>(1, {
    en: (f) => [`this is a bug in pulih: ${f.detail}`, 'the backups already made are untouched; please report it'],
    id: (f) => [`ini kesalahan di dalam pulih: ${f.detail}`, 'backup yang sudah ada tetap utuh; mohon dilaporkan'],
  }),
  'disk.full': failure<{ place: string; needBytes?: number; freeBytes?: number }>(1, {
    en: (f) => [
      `no space left in ${f.place}${f.needBytes === undefined ? '' : ` (needs about ${Math.ceil(f.needBytes / 1e6)} MB, free ${Math.floor((f.freeBytes ?? 0) / 1e6)} MB)`}; nothing was changed`,
      'free some space, or see what retention would remove: pulih prune --dry-run',
    ],
    id: (f) => [
      `ruang di ${f.place} habis${f.needBytes === undefined ? '' : ` (perlu sekitar ${Math.ceil(f.needBytes / 1e6)} MB, sisa ${Math.floor((f.freeBytes ?? 0) / 1e6)} MB)`}; tidak ada yang diubah`,
      'kosongkan ruang, atau lihat yang bisa dihapus: pulih prune --dry-run',
    ],
  }),
  'disk.denied': failure<{ path: string }>(1, {
    en: (f) => [`no permission for ${f.path}`, `look at its owner and mode: ls -ld '${f.path}'`],
    id: (f) => [`tidak ada izin untuk ${f.path}`, `periksa pemilik dan izinnya: ls -ld '${f.path}'`],
  }),
  'disk.failed': failure<{ path: string; act: string; reason: string }>(1, {
    en: (f) => [
      `could not ${f.act} ${f.path}: ${f.reason}`,
      'the backups already made are untouched; check the disk: pulih doctor',
    ],
    id: (f) => [
      `gagal (${f.act}) ${f.path}: ${f.reason}`,
      'backup yang sudah ada tetap utuh; periksa disk: pulih doctor',
    ],
  }),
  'lock.busy': failure<{ act: string; pid: number | null; waitedSeconds: number }>(5, {
    en: (f) => [
      `another ${f.act} is running${f.pid === null ? '' : ` (process ${f.pid})`}; waited ${f.waitedSeconds} s`,
      'try again when it has ended, or wait longer: --wait 5m',
    ],
    id: (f) => [
      `${f.act} lain sedang berjalan${f.pid === null ? '' : ` (proses ${f.pid})`}; sudah menunggu ${f.waitedSeconds} detik`,
      'coba lagi setelah selesai, atau tunggu lebih lama: --wait 5m',
    ],
  }),
}

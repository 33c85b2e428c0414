import { failure } from '../sentence.ts'

export const corruptionErrors = {
  'corruption.running': failure<{ path: string }>(1, {
    en: (f) => [
      'a recovery by this plan is under way or was cut off; nothing was changed',
      `go on with it: pulih plan resume ${f.path}`,
    ],
    id: (f) => [
      'pemulihan dengan rencana ini sedang berjalan atau terputus; tidak ada yang diubah',
      `lanjutkan: pulih plan resume ${f.path}`,
    ],
  }),
  'corruption.not-repaired': failure<{ path: string }>(1, {
    en: (f) => [
      `no sound database can be made of ${f.path}; nothing was changed`,
      'choose a backup instead: pulih scenario corruption',
    ],
    id: (f) => [
      `${f.path} tidak bisa dibuat sehat lagi; tidak ada yang diubah`,
      'pilih salah satu backup: pulih scenario corruption',
    ],
  }),
  'corruption.unknown-way': failure<{ found: string; ways: readonly string[] }>(2, {
    en: (f) => [
      `${f.found} is no way back from here; nothing was changed`,
      f.ways.length === 0
        ? 'there is nothing to choose from: pulih scenario corruption'
        : `take one of: ${f.ways.join(', ')}`,
    ],
    id: (f) => [
      `${f.found} bukan pilihan pemulihan di sini; tidak ada yang diubah`,
      f.ways.length === 0 ? 'tidak ada yang bisa dipilih: pulih scenario corruption' : `pilih: ${f.ways.join(', ')}`,
    ],
  }),
}

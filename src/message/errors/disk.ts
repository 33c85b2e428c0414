import { failure } from '../sentence.ts'

export const diskErrors = {
  'lock.damaged': failure<{ path: string }>(1, {
    en: (f) => [
      `the lock file ${f.path} holds something that is not ours; nothing was changed and every backup is untouched`,
      `make sure no other pulih runs, then remove it: rm '${f.path}'`,
    ],
    id: (f) => [
      `berkas kunci ${f.path} berisi sesuatu yang bukan milik pulih; tidak ada yang diubah dan semua backup utuh`,
      `pastikan tidak ada pulih lain yang berjalan, lalu hapus: rm '${f.path}'`,
    ],
  }),
}

import { failure } from '../sentence.ts'

export const catalogueErrors = {
  'history.unwritten': failure<{ act: string; place: string }>(1, {
    en: (f) => [
      `the ${f.act} itself is done, but its record could not be written in ${f.place}`,
      'see what is there: pulih list; then check space and permissions: pulih doctor',
    ],
    id: (f) => [
      `${f.act} sudah selesai, tetapi catatannya tidak bisa ditulis di ${f.place}`,
      'lihat yang ada: pulih list; lalu periksa ruang dan izin: pulih doctor',
    ],
  }),
  'backup.unknown': failure<{ name: string; nearest: string | null; count: number }>(1, {
    en: (f) => [
      `there is no backup named ${f.name}${f.nearest === null ? '' : `; did you mean ${f.nearest}?`}`,
      f.count === 0 ? 'there are no backups yet; make one: pulih backup' : 'see every name: pulih list',
    ],
    id: (f) => [
      `tidak ada backup bernama ${f.name}${f.nearest === null ? '' : `; maksudnya ${f.nearest}?`}`,
      f.count === 0 ? 'belum ada backup; buat sekarang: pulih backup' : 'lihat semua nama: pulih list',
    ],
  }),
  'backup.none-proven': failure<{ count: number }>(1, {
    en: (f) => [
      `there is no proven backup${f.count === 0 ? '' : ` among the ${f.count} that exist`}, so there is no "latest" to use`,
      f.count === 0 ? 'make one now: pulih backup' : 'prove what is there: pulih verify --all',
    ],
    id: (f) => [
      `belum ada backup yang terbukti${f.count === 0 ? '' : ` dari ${f.count} yang ada`}, jadi belum ada "latest" untuk dipakai`,
      f.count === 0 ? 'buat sekarang: pulih backup' : 'buktikan yang ada: pulih verify --all',
    ],
  }),
  'source.not-known': failure<{ path: string; nearest: string | null }>(1, {
    en: (f) => [
      `${f.path} is not a database that backups expect${f.nearest === null ? '' : `; did you mean ${f.nearest}?`}`,
      'paths are relative to the app; see what the last backup holds: pulih show latest',
    ],
    id: (f) => [
      `${f.path} bukan database yang ditunggu oleh backup${f.nearest === null ? '' : `; maksudnya ${f.nearest}?`}`,
      'jalur relatif terhadap aplikasi; lihat isi backup terakhir: pulih show latest',
    ],
  }),
}

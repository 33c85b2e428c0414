import { failure } from '../sentence.ts'

export const exportErrors = {
  'export.not-empty': failure<{ folder: string }>(1, {
    en: (f) => [
      `${f.folder} is not an empty folder; nothing was written`,
      'name an empty folder, or one that is absent',
    ],
    id: (f) => [
      `${f.folder} bukan folder kosong; tidak ada yang ditulis`,
      'sebutkan folder kosong, atau yang belum ada',
    ],
  }),
  'export.nothing-chosen': failure(2, {
    en: () => [
      'what to export was not said; nothing was written',
      'choose one: pulih export NAME --sql DIR (or --csv DIR, --files DIR)',
    ],
    id: () => [
      'belum disebut apa yang diekspor; tidak ada yang ditulis',
      'pilih satu: pulih export NAME --sql DIR (atau --csv DIR, --files DIR)',
    ],
  }),
  'export.too-large': failure<{ table: string; bytes: number }>(1, {
    en: (f) => [
      `a value of ${f.bytes} bytes in table ${f.table} does not fit in SQL text; nothing was kept of this export`,
      'get the database itself instead: pulih restore NAME --to DIR',
    ],
    id: (f) => [
      `ada nilai ${f.bytes} byte di tabel ${f.table} yang tidak muat dalam teks SQL; hasil ekspor ini tidak disimpan`,
      'ambil databasenya langsung: pulih restore NAME --to DIR',
    ],
  }),
  'export.damaged': failure<{ name: string; detail: string }>(1, {
    en: (f) => [
      `${f.name} is damaged (${f.detail}); nothing was written, for a part would look like the whole`,
      `see what is wrong: pulih verify ${f.name}; then export another backup: pulih list`,
    ],
    id: (f) => [
      `${f.name} rusak (${f.detail}); tidak ada yang ditulis, sebab sebagian akan tampak seperti seluruhnya`,
      `lihat masalahnya: pulih verify ${f.name}; lalu ekspor backup lain: pulih list`,
    ],
  }),
}

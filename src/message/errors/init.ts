import { failure } from '../sentence.ts'

export const initErrors = {
  'init.exists': failure<{ path: string; app: string }>(1, {
    en: (f) => [
      `there is a configuration already: ${f.path}; it was not touched`,
      `use it: pulih --dir '${f.app}' backup, or check it: pulih doctor`,
    ],
    id: (f) => [
      `konfigurasi sudah ada: ${f.path}; tidak diubah`,
      `pakai langsung: pulih --dir '${f.app}' backup, atau periksa: pulih doctor`,
    ],
  }),
  'init.no-database': failure<{ app: string }>(1, {
    en: (f) => [
      `no SQLite database found in ${f.app}; nothing was written`,
      "is it the app's folder? name another with --dir, or start the app once so that it makes its database",
    ],
    id: (f) => [
      `tidak ada database SQLite di ${f.app}; tidak ada yang ditulis`,
      'apakah foldernya benar? sebutkan yang lain dengan --dir, atau jalankan aplikasinya sekali agar databasenya terbentuk',
    ],
  }),
  'init.no-python-file': failure<{ path: string }>(1, {
    en: (f) => [
      `the Python file ${f.path} is missing from this installation; nothing was written`,
      'install pulih again',
    ],
    id: (f) => [`berkas Python ${f.path} tidak ada di instalasi ini; tidak ada yang ditulis`, 'pasang ulang pulih'],
  }),
}

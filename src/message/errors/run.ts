import { failure } from '../sentence.ts'

export const runErrors = {
  'run.no-command': failure(2, {
    en: () => [
      'there is nothing to run; nothing was done',
      'name the command of the bot: pulih run -- python main.py (or set app.start in the configuration)',
    ],
    id: () => [
      'tidak ada yang dijalankan; tidak ada yang dikerjakan',
      'sebutkan perintah bot: pulih run -- python main.py (atau isi app.start di konfigurasi)',
    ],
  }),
  'run.missing': failure<{ command: string }>(1, {
    en: (f) => [
      `there is no program "${f.command}" that could be started; nothing was done`,
      'check its name, PATH and its execute permission',
    ],
    id: (f) => [
      `tidak ada program "${f.command}" yang bisa dijalankan; tidak ada yang dikerjakan`,
      'periksa nama, PATH, dan izin jalannya',
    ],
  }),
  'run.none': failure<{ folder: string }>(1, {
    en: (f) => [
      `no bot is supervised in ${f.folder}; nothing was stopped or started`,
      'start it under supervision: pulih run -- COMMAND',
    ],
    id: (f) => [
      `tidak ada bot yang diawasi di ${f.folder}; tidak ada yang dihentikan atau dijalankan`,
      'jalankan dengan pengawasan: pulih run -- PERINTAH',
    ],
  }),
  'run.deaf': failure<{ pid: number; seconds: number }>(1, {
    en: (f) => [
      `the supervisor (process ${f.pid}) did not do it within ${f.seconds} s`,
      `look at what the bot is doing; to end both: kill ${f.pid}`,
    ],
    id: (f) => [
      `pengawas (proses ${f.pid}) tidak melakukannya dalam ${f.seconds} detik`,
      `periksa apa yang dilakukan bot; untuk mengakhiri keduanya: kill ${f.pid}`,
    ],
  }),
}

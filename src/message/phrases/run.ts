import { phrase } from '../sentence.ts'

export const runPhrases = {
  'run.summary': phrase({
    en: () => 'supervise a bot: a backup before it starts, after it stops, before each restart',
    id: () => 'awasi bot: backup sebelum mulai, setelah berhenti, dan sebelum setiap mulai ulang',
  }),
  'run.option.restart': phrase({
    en: () => 'on-failure: start it again when it fails, with growing pauses (otherwise: never)',
    id: () => 'on-failure: jalankan lagi bila gagal, dengan jeda yang makin panjang (bawaan: never)',
  }),
  'run.option.start-anyway': phrase({
    en: () => 'start the bot even if its backup fails: on record, with an alert',
    id: () => 'jalankan bot walau backupnya gagal: dicatat, dengan peringatan',
  }),
  'run.option.no-schedule': phrase({
    en: () => 'do not run the timetable in this process as well',
    id: () => 'jangan ikut menjalankan jadwal backup di proses ini',
  }),
  'run.option.hold': phrase({
    en: () => 'stop the bot that is supervised here, until --resume (fits app.stop in the configuration)',
    id: () => 'hentikan bot yang diawasi di sini sampai --resume (cocok untuk app.stop di konfigurasi)',
  }),
  'run.option.resume': phrase({
    en: () => 'let it start again (fits app.start in the configuration)',
    id: () => 'jalankan lagi (cocok untuk app.start di konfigurasi)',
  }),
  'run.reason': phrase<{ how: string }>({
    en: (f) => `restart: the bot ${f.how}`,
    id: (f) => `mulai ulang: bot ${f.how}`,
  }),
  'run.by-signal': phrase<{ signal: string }>({
    en: (f) => `was ended by ${f.signal}`,
    id: (f) => `diakhiri oleh ${f.signal}`,
  }),
  'run.by-code': phrase<{ code: number }>({
    en: (f) => `ended with exit code ${f.code}`,
    id: (f) => `berakhir dengan kode keluar ${f.code}`,
  }),
  'run.restarting': phrase<{ how: string; seconds: number }>({
    en: (f) => `the bot ${f.how}; it is started again in ${f.seconds} s, after a backup`,
    id: (f) => `bot ${f.how}; dijalankan lagi dalam ${f.seconds} detik, setelah backup`,
  }),
  'run.not-restarted': phrase<{ reason: string; seconds: number }>({
    en: (f) => `the bot is not started again without a backup: ${f.reason}; next try in ${f.seconds} s`,
    id: (f) => `bot tidak dijalankan lagi tanpa backup: ${f.reason}; dicoba lagi dalam ${f.seconds} detik`,
  }),
  'run.shutdown-failed': phrase<{ reason: string }>({
    en: (f) => `the bot has ended, but the backup after it failed: ${f.reason}. The earlier backups are untouched`,
    id: (f) => `bot sudah berhenti, tetapi backup sesudahnya gagal: ${f.reason}. Backup lama tetap utuh`,
  }),
  'run.no-daemon': phrase<{ reason: string }>({
    en: (f) => `the timetable does not run here: ${f.reason}`,
    id: (f) => `jadwal tidak berjalan di sini: ${f.reason}`,
  }),
  'run.ended': phrase<{ how: string; backup: string | null }>({
    en: (f) => `the bot ${f.how}; backup after it: ${f.backup ?? 'none'}`,
    id: (f) => `bot ${f.how}; backup sesudahnya: ${f.backup ?? 'tidak ada'}`,
  }),
  'run.held': phrase({
    en: () => 'the bot is stopped and stays so until: pulih run --resume',
    id: () => 'bot dihentikan dan tetap begitu sampai: pulih run --resume',
  }),
  'run.resumed': phrase({
    en: () => 'the bot runs again',
    id: () => 'bot sudah jalan lagi',
  }),
  'run.preview': phrase<{ command: string }>({
    en: (f) => `would make a backup, then start: ${f.command}`,
    id: (f) => `akan membuat backup, lalu menjalankan: ${f.command}`,
  }),
  'alert.crash-loop': phrase<{ crashes: number; how: string }>({
    en: (f) =>
      `the bot crashes again and again: ${f.crashes} short runs in a row, the last one ${f.how}. Each start has its backup; look at the bot's own output`,
    id: (f) =>
      `bot terus-menerus jatuh: ${f.crashes} kali berturut-turut, yang terakhir ${f.how}. Setiap mulai punya backup; periksa keluaran bot`,
  }),
}

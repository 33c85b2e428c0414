import { number } from '../format.ts'
import { phrase } from '../sentence.ts'

export const initPhrases = {
  'init.summary': phrase({
    en: () => 'find databases, code and a start command, write config/backup_config.json, make the first backup',
    id: () => 'cari database, kode, dan perintah mulai, tulis config/backup_config.json, buat backup pertama',
  }),
  'init.option.python': phrase({
    en: () => 'also write scripts/auto_backup.py, the one-file helper for a Python bot',
    id: () => 'tulis juga scripts/auto_backup.py, pembantu satu berkas untuk bot Python',
  }),
  'init.found': phrase<{ app: string }>({ en: (f) => `Found in ${f.app}:`, id: (f) => `Ditemukan di ${f.app}:` }),
  'init.files': phrase<{ count: number; git: boolean }>({
    en: (f) => `files     ${number(f.count, 'en')}${f.git ? ', as git tracks them, and the settings beside' : ''}`,
    id: (f) => `berkas    ${number(f.count, 'id')}${f.git ? ', sesuai yang dilacak git, beserta pengaturannya' : ''}`,
  }),
  'init.left-out': phrase<{ paths: readonly string[]; more: number }>({
    en: (f) => `left out  ${f.paths.join(', ')}${f.more > 0 ? ` and ${f.more} more` : ''}`,
    id: (f) => `dilewati  ${f.paths.join(', ')}${f.more > 0 ? ` dan ${f.more} lagi` : ''}`,
  }),
  'init.start': phrase<{ command: string }>({
    en: (f) => `start     ${f.command}`,
    id: (f) => `mulai     ${f.command}`,
  }),
  'init.ask-write': phrase({
    en: () => 'Write the configuration and make the first backup?',
    id: () => 'Tulis konfigurasi dan buat backup pertama?',
  }),
  'init.ask-ignore': phrase<{ line: string }>({
    en: (f) => `Add ${f.line} to .gitignore, so that backups never get into git?`,
    id: (f) => `Tambahkan ${f.line} ke .gitignore, agar backup tidak pernah masuk git?`,
  }),
  'init.ask-replace': phrase<{ path: string; aside: string }>({
    en: (f) => `${f.path} exists and differs. Move it to ${f.aside} and write ours?`,
    id: (f) => `${f.path} sudah ada dan berbeda. Pindahkan ke ${f.aside} dan tulis yang baru?`,
  }),
  'init.declined': phrase({
    en: () => 'Nothing was written.',
    id: () => 'Tidak ada yang ditulis.',
  }),
  'init.dry-run': phrase({
    en: () => 'This was a trial: nothing was written.',
    id: () => 'Ini hanya percobaan: tidak ada yang ditulis.',
  }),
  'init.would-write': phrase<{ path: string }>({
    en: (f) => `would write ${f.path}`,
    id: (f) => `akan menulis ${f.path}`,
  }),
  'init.wrote': phrase<{ path: string }>({ en: (f) => `wrote ${f.path}`, id: (f) => `menulis ${f.path}` }),
  'init.moved': phrase<{ path: string; aside: string }>({
    en: (f) => `moved the old ${f.path} to ${f.aside}`,
    id: (f) => `memindahkan ${f.path} yang lama ke ${f.aside}`,
  }),
  'init.backup': phrase<{ name: string }>({
    en: (f) => `✅ First backup, proven: ${f.name}`,
    id: (f) => `✅ Backup pertama, terbukti: ${f.name}`,
  }),
  'init.backup-stored': phrase<{ name: string }>({
    en: (f) => `First backup, stored but not proven: ${f.name}`,
    id: (f) => `Backup pertama, tersimpan tetapi belum terbukti: ${f.name}`,
  }),
  'init.backup-failed': phrase<{ reason: string; hint: string }>({
    en: (f) => `the configuration is written, but the first backup failed: ${f.reason} (${f.hint})`,
    id: (f) => `konfigurasi sudah ditulis, tetapi backup pertama gagal: ${f.reason} (${f.hint})`,
  }),
  'init.not-ignored': phrase<{ folder: string; line: string }>({
    en: (f) =>
      `git does not ignore ${f.folder}; keep backups (they hold secrets) out of git: echo '${f.line}' >> .gitignore`,
    id: (f) =>
      `git tidak mengabaikan ${f.folder}; jaga backup (berisi rahasia) di luar git: echo '${f.line}' >> .gitignore`,
  }),
  'init.python-kept': phrase<{ path: string }>({
    en: (f) => `${f.path} exists and differs, so it was kept; to replace it: pulih init --python --yes`,
    id: (f) => `${f.path} sudah ada dan berbeda, jadi dibiarkan; untuk menggantinya: pulih init --python --yes`,
  }),
  'init.python-how': phrase({
    en: () =>
      'In the bot, above a function that must not run without a backup:\n    from scripts.auto_backup import create_backup_decorator\n    @create_backup_decorator("critical_operation")',
    id: () =>
      'Di bot, di atas fungsi yang tidak boleh berjalan tanpa backup:\n    from scripts.auto_backup import create_backup_decorator\n    @create_backup_decorator("critical_operation")',
  }),
  'init.run-how': phrase<{ command: string }>({
    en: (f) => `Next: pulih run -- ${f.command}   (backs up before start and after stop), or: pulih service install`,
    id: (f) =>
      `Berikutnya: pulih run -- ${f.command}   (backup sebelum mulai dan setelah berhenti), atau: pulih service install`,
  }),
  'init.next': phrase({
    en: () => 'Next: pulih status, and for backups by themselves: pulih service install',
    id: () => 'Berikutnya: pulih status, dan agar backup berjalan sendiri: pulih service install',
  }),
}

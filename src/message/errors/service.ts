import { failure } from '../sentence.ts'

export const serviceErrors = {
  'service.no-way': failure<{ folder: string }>(1, {
    en: (f) => [
      'this machine runs neither systemd nor cron, so nothing can be installed; nothing was changed',
      `let whatever starts your bot start this too: pulih daemon --dir '${f.folder}', or use pulih run -- COMMAND`,
    ],
    id: (f) => [
      'mesin ini tidak punya systemd maupun cron, jadi tidak ada yang bisa dipasang; tidak ada yang diubah',
      `biarkan yang menjalankan bot ikut menjalankan: pulih daemon --dir '${f.folder}', atau pakai pulih run -- PERINTAH`,
    ],
  }),
  'service.failed': failure<{ command: string; detail: string }>(1, {
    en: (f) => [
      `"${f.command}" failed: ${f.detail}; the daemon may not start by itself, the backups are untouched`,
      'run that command by hand, then look: pulih service status; or take it away: pulih service uninstall',
    ],
    id: (f) => [
      `"${f.command}" gagal: ${f.detail}; daemon mungkin tidak jalan sendiri, backup tetap utuh`,
      'jalankan perintah itu sendiri, lalu lihat: pulih service status; atau hapus: pulih service uninstall',
    ],
  }),
  'service.deaf': failure<{ pid: number; seconds: number }>(1, {
    en: (f) => [
      `the daemon (process ${f.pid}) did not end within ${f.seconds} s; it starts no more by itself, the backups are untouched`,
      `end it: kill -KILL ${f.pid}; then once more: pulih service uninstall`,
    ],
    id: (f) => [
      `daemon (proses ${f.pid}) tidak berhenti dalam ${f.seconds} detik; ia tidak akan jalan sendiri lagi, backup tetap utuh`,
      `hentikan: kill -KILL ${f.pid}; lalu sekali lagi: pulih service uninstall`,
    ],
  }),
}

import { phrase } from '../sentence.ts'

export const daemonPhrases = {
  'daemon.summary': phrase({
    en: () => 'watch over the app until stopped: timetable, gates for hosts, health, heartbeat',
    id: () => 'jaga aplikasi sampai dihentikan: jadwal, gerbang untuk bot, kesehatan, detak',
  }),
  'daemon.ready': phrase<{ pid: number; app: string; next: string | null }>({
    en: (f) =>
      `watching over ${f.app} (process ${f.pid}); next backup: ${f.next ?? 'none, the timetable is switched off'}. Ctrl-C stops it; to start it at boot: pulih service install`,
    id: (f) =>
      `menjaga ${f.app} (proses ${f.pid}); backup berikutnya: ${f.next ?? 'tidak ada, jadwal dimatikan'}. Ctrl-C menghentikan; agar jalan saat boot: pulih service install`,
  }),
  'daemon.stopped': phrase({
    en: () => 'the daemon has stopped cleanly; nobody makes scheduled backups now. Start it again: pulih daemon',
    id: () => 'daemon sudah berhenti dengan rapi; backup terjadwal tidak jalan. Jalankan lagi: pulih daemon',
  }),
  'daemon.preview': phrase<{ next: string | null }>({
    en: (f) => `the daemon would run now; its next backup: ${f.next ?? 'none, the timetable is switched off'}`,
    id: (f) => `daemon akan jalan sekarang; backup berikutnya: ${f.next ?? 'tidak ada, jadwal dimatikan'}`,
  }),
  'slot.reason': phrase<{ due: string }>({
    en: (f) => `timetable, due ${f.due}`,
    id: (f) => `jadwal ${f.due}`,
  }),
  'log.slot-missed': phrase<{ due: string }>({
    en: (f) => `the backup due at ${f.due} was missed and is made up for now`,
    id: (f) => `backup terjadwal ${f.due} terlewat dan disusulkan sekarang`,
  }),
  'log.daemon-started': phrase<{ pid: number }>({
    en: (f) => `daemon started (process ${f.pid})`,
    id: (f) => `daemon mulai (proses ${f.pid})`,
  }),
  'log.daemon-stopped': phrase<{ pid: number }>({
    en: (f) => `daemon stopped (process ${f.pid})`,
    id: (f) => `daemon berhenti (proses ${f.pid})`,
  }),
  'log.daemon-failed': phrase<{ what: string; reason: string }>({
    en: (f) => `❌ ${f.what}: ${f.reason}; the daemon goes on and will try again`,
    id: (f) => `❌ ${f.what}: ${f.reason}; daemon tetap jalan dan akan mencoba lagi`,
  }),
  'log.heartbeat-failed': phrase<{ reason: string }>({
    en: (f) => `❌ the heartbeat could not be written: ${f.reason}`,
    id: (f) => `❌ detak daemon tidak bisa ditulis: ${f.reason}`,
  }),
  'log.config-read': phrase({
    en: () => 'the configuration changed and was read again',
    id: () => 'konfigurasi berubah dan sudah dibaca ulang',
  }),
  'log.config-unread': phrase<{ reason: string }>({
    en: (f) => `❌ the changed configuration cannot be read, the last good one stays: ${f.reason}`,
    id: (f) => `❌ konfigurasi yang diubah tidak bisa dibaca, yang lama tetap dipakai: ${f.reason}`,
  }),
  'alert.config-unread': phrase<{ reason: string }>({
    en: (f) => `the daemon works on with the last good configuration; the changed one is wrong: ${f.reason}`,
    id: (f) => `daemon tetap memakai konfigurasi terakhir yang benar; yang baru salah: ${f.reason}`,
  }),
  'alert.job-failed': phrase<{ job: string; reason: string }>({
    en: (f) => `the daemon's job "${f.job}" failed: ${f.reason}. The backups are untouched; it will be tried again`,
    id: (f) => `tugas daemon "${f.job}" gagal: ${f.reason}. Backup tetap utuh; akan dicoba lagi`,
  }),
}

import { phrase } from '../sentence.ts'

export const servicePhrases = {
  'service.summary': phrase({
    en: () => 'start the daemon at boot: a systemd unit, or cron lines where there is no systemd',
    id: () => 'jalankan daemon saat boot: unit systemd, atau baris cron bila tidak ada systemd',
  }),
  'service.install.summary': phrase({
    en: () => 'show what would be written and run, ask, then do it',
    id: () => 'tunjukkan yang akan ditulis dan dijalankan, tanya, lalu kerjakan',
  }),
  'service.uninstall.summary': phrase({
    en: () => 'stop it and take away what was installed; the backups stay',
    id: () => 'hentikan dan hapus yang dipasang; backup tetap ada',
  }),
  'service.status.summary': phrase({
    en: () => 'is it installed, and does it run?',
    id: () => 'apakah terpasang, dan apakah jalan?',
  }),
  'service.will-write': phrase<{ path: string }>({
    en: (f) => `this file will be written: ${f.path}`,
    id: (f) => `berkas ini akan ditulis: ${f.path}`,
  }),
  'service.will-add': phrase({
    en: () => 'these lines will be added to the crontab of this user (at boot, and every hour in case it died):',
    id: () => 'baris ini akan ditambahkan ke crontab pengguna ini (saat boot, dan tiap jam bila mati):',
  }),
  'service.will-run': phrase({
    en: () => 'and these commands will be run:',
    id: () => 'dan perintah ini akan dijalankan:',
  }),
  'service.ask': phrase({
    en: () => 'Install it?',
    id: () => 'Pasang?',
  }),
  'service.same': phrase<{ name: string }>({
    en: (f) => `${f.name} is installed already, just like this; nothing was changed`,
    id: (f) => `${f.name} sudah terpasang persis seperti ini; tidak ada yang diubah`,
  }),
  'service.refused': phrase({
    en: () => 'nothing was changed',
    id: () => 'tidak ada yang diubah',
  }),
  'service.installed': phrase<{ name: string; cron: boolean }>({
    en: (f) =>
      f.cron
        ? `✅ ${f.name} is installed: the daemon starts at the next boot or full hour; to start it now: pulih daemon`
        : `✅ ${f.name} is installed and started; it comes back after every boot`,
    id: (f) =>
      f.cron
        ? `✅ ${f.name} terpasang: daemon mulai saat boot atau jam penuh berikutnya; untuk mulai sekarang: pulih daemon`
        : `✅ ${f.name} terpasang dan jalan; akan hidup lagi setiap boot`,
  }),
  'service.uninstalled': phrase<{ name: string }>({
    en: (f) => `${f.name} is stopped and taken away; nobody makes scheduled backups now, the backups stay`,
    id: (f) => `${f.name} dihentikan dan dihapus; backup terjadwal tidak jalan lagi, backup yang ada tetap`,
  }),
  'service.none': phrase({
    en: () => 'no service is installed for this app; to start at boot: pulih service install',
    id: () => 'tidak ada layanan terpasang untuk aplikasi ini; agar jalan saat boot: pulih service install',
  }),
  'service.is': phrase<{ name: string; kind: string; active: string | null }>({
    en: (f) => `${f.name} is installed (${f.kind})${f.active === null ? '' : `: ${f.active}`}; its heart: pulih status`,
    id: (f) => `${f.name} terpasang (${f.kind})${f.active === null ? '' : `: ${f.active}`}; detaknya: pulih status`,
  }),
  'service.gone': phrase<{ name: string }>({
    en: (f) => `⚠️ ${f.name} was installed, but it is gone; install it again: pulih service install`,
    id: (f) => `⚠️ ${f.name} pernah dipasang tetapi hilang; pasang lagi: pulih service install`,
  }),
}

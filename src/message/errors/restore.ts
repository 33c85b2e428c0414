import { failure } from '../sentence.ts'

interface Held {
  readonly path: string
  readonly holders: readonly { readonly pid: number; readonly command: string }[]
  readonly more: number
}

const named = (f: Held, other: string): string =>
  f.holders.map(({ pid, command }) => `${pid} (${command})`).join(', ') + (f.more === 0 ? '' : ` ${other}`)

export const restoreErrors = {
  'restore.changed': failure<{ path: string }>(1, {
    en: (f) => [
      `${f.path} was changed by somebody while it was being replaced; the old state is back as it was`,
      'stop the app, then run the same command again',
    ],
    id: (f) => [
      `${f.path} diubah pihak lain saat sedang diganti; keadaan lama sudah dikembalikan`,
      'hentikan aplikasi, lalu jalankan perintah yang sama lagi',
    ],
  }),
  'restore.stuck': failure<{ id: string; place: string; reason: string }>(1, {
    en: (f) => [
      `neither the new nor the old state could be put in place completely (${f.reason}); nothing is lost: the old files are in ${f.place}`,
      'remove the cause and keep the app stopped, then run: pulih restore --undo',
    ],
    id: (f) => [
      `keadaan baru maupun lama belum bisa dipasang lengkap (${f.reason}); tidak ada yang hilang: berkas lama ada di ${f.place}`,
      'atasi penyebabnya, biarkan aplikasi berhenti, lalu jalankan: pulih restore --undo',
    ],
  }),
  'restore.held': failure<Held>(1, {
    en: (f) => [
      `${f.path} is in use by process ${named(f, `and ${f.more} more`)}; nothing was changed`,
      'stop it and run the same command again, or let pulih stop the app: set app.stop and app.start in config/backup_config.json',
    ],
    id: (f) => [
      `${f.path} sedang dipakai proses ${named(f, `dan ${f.more} lagi`)}; tidak ada yang diubah`,
      'hentikan proses itu lalu ulangi perintah yang sama, atau biarkan pulih yang menghentikan: isi app.stop dan app.start di config/backup_config.json',
    ],
  }),
}

import { failure } from '../sentence.ts'

export const daemonErrors = {
  'daemon.running': failure<{ pid: number | null }>(5, {
    en: (f) => [
      `a daemon already watches over this app${f.pid === null ? '' : ` (process ${f.pid})`}; this one ends`,
      `look at it: pulih status${f.pid === null ? '' : `; stop it: kill ${f.pid}`}`,
    ],
    id: (f) => [
      `sudah ada daemon yang menjaga aplikasi ini${f.pid === null ? '' : ` (proses ${f.pid})`}; yang ini berhenti`,
      `lihat: pulih status${f.pid === null ? '' : `; hentikan: kill ${f.pid}`}`,
    ],
  }),
  'daemon.no-socket': failure<{ path: string; places: string }>(1, {
    en: (f) => [
      `${f.path} is too long for a socket, and no folder of this user's could be made in ${f.places}`,
      'set XDG_RUNTIME_DIR to a short folder of your own, or move the app to a shorter path',
    ],
    id: (f) => [
      `${f.path} terlalu panjang untuk socket, dan folder milik pengguna ini tidak bisa dibuat di ${f.places}`,
      'atur XDG_RUNTIME_DIR ke folder pendek milik sendiri, atau pindahkan aplikasi ke jalur yang lebih pendek',
    ],
  }),
  'daemon.bad-ask': failure<{ detail: string }>(2, {
    en: (f) => [
      `the daemon was asked something it does not understand: ${f.detail}`,
      'host and daemon may be of different versions: update both, then restart the daemon',
    ],
    id: (f) => [
      `daemon menerima permintaan yang tidak dimengerti: ${f.detail}`,
      'versi host dan daemon mungkin berbeda: perbarui keduanya, lalu jalankan ulang daemon',
    ],
  }),
}

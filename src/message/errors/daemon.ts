import { failure } from '../sentence.ts'

export const daemonErrors = {
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

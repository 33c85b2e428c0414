import { failure } from '../sentence.ts'

export const alertErrors = {
  'alert.refused': failure<{ channel: string; reason: string }>(1, {
    en: (f) => [
      `the alert channel ${f.channel} did not accept the message: ${f.reason}`,
      'backups are not affected; check its settings, then: pulih alerts test',
    ],
    id: (f) => [
      `saluran peringatan ${f.channel} tidak menerima pesan: ${f.reason}`,
      'backup tidak terpengaruh; periksa pengaturannya, lalu: pulih alerts test',
    ],
  }),
  'alert.no-channel': failure(2, {
    en: () => [
      'no alert channel is configured, so nobody would hear of trouble',
      'add telegram, email, webhook or command under "alerts" in config/backup_config.json, then: pulih alerts test',
    ],
    id: () => [
      'belum ada saluran peringatan, jadi tidak ada yang tahu bila terjadi masalah',
      'tambahkan telegram, email, webhook atau command di "alerts" pada config/backup_config.json, lalu: pulih alerts test',
    ],
  }),
}

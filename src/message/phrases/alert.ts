import { phrase } from '../sentence.ts'

type Kind = 'opened' | 'escalated' | 'reminder' | 'closed' | 'missed' | 'test'

const words = {
  en: {
    critical: 'critical',
    warning: 'warning',
    ...{ opened: '', escalated: ' (it got worse)', reminder: ' (still open)', test: '' },
    ...{ closed: 'over', missed: 'was critical, and is over' },
  },
  id: {
    critical: 'kritis',
    warning: 'peringatan',
    ...{ opened: '', escalated: ' (memburuk)', reminder: ' (belum selesai)', test: '' },
    ...{ closed: 'selesai', missed: 'sempat kritis, sudah selesai' },
  },
} as const

function title(language: 'en' | 'id', { kind, severity, app }: { kind: Kind; severity: string; app: string }): string {
  const said = words[language]
  if (kind === 'test') return `🔔 ${app}: ${language === 'en' ? 'test' : 'uji coba'}`
  if (kind === 'closed' || kind === 'missed') return `✅ ${app}: ${said[kind]}`
  const sign = severity === 'critical' ? '🔴' : '🟡'
  return `${sign} ${app}: ${severity === 'critical' ? said.critical : said.warning}${said[kind]}`
}

export const alertPhrases = {
  'alert.title': phrase<{ kind: Kind; severity: string; app: string }>({
    en: (f) => title('en', f),
    id: (f) => title('id', f),
  }),
  'alert.test': phrase({
    en: () => 'this is a test of the alert path; nothing is wrong and nothing needs to be done',
    id: () => 'ini uji coba jalur peringatan; tidak ada masalah dan tidak perlu melakukan apa pun',
  }),
  'alert.channel-failed': phrase<{ channel: string; reason: string }>({
    en: (f) => `the alert channel ${f.channel} does not work (${f.reason}); backups go on. Try it: pulih alerts test`,
    id: (f) =>
      `saluran peringatan ${f.channel} tidak berfungsi (${f.reason}); backup tetap berjalan. Coba: pulih alerts test`,
  }),
  'log.alert-opened': phrase<{ message: string }>({
    en: (f) => `🔔 alert: ${f.message}`,
    id: (f) => `🔔 peringatan: ${f.message}`,
  }),
  'log.alert-closed': phrase<{ message: string }>({
    en: (f) => `✅ alert over: ${f.message}`,
    id: (f) => `✅ peringatan selesai: ${f.message}`,
  }),
  'alerts.summary': phrase({
    en: () => 'see alerts, and prove that they reach you',
    id: () => 'lihat peringatan, dan buktikan bahwa peringatan sampai ke Anda',
  }),
  'alerts.list.summary': phrase({
    en: () => 'open and past alerts',
    id: () => 'peringatan yang terbuka dan yang lalu',
  }),
  'alerts.test.summary': phrase({
    en: () => 'send a test through every configured channel',
    id: () => 'kirim uji coba lewat semua saluran yang diatur',
  }),
  'alerts.none': phrase({
    en: () => '✅ no open alerts',
    id: () => '✅ tidak ada peringatan terbuka',
  }),
  'alerts.open': phrase<{ count: number }>({
    en: (f) => `${f.count} open alert${f.count === 1 ? '' : 's'}`,
    id: (f) => `${f.count} peringatan terbuka`,
  }),
  'alerts.past': phrase({ en: () => 'over', id: () => 'sudah selesai' }),
  'alerts.since': phrase<{ since: string }>({ en: (f) => `since ${f.since}`, id: (f) => `sejak ${f.since}` }),
  'alerts.no-channel': phrase({
    en: () =>
      'no channel is configured: alerts are only shown here and in pulih status (see alerts in the configuration)',
    id: () => 'belum ada saluran: peringatan hanya tampil di sini dan di pulih status (lihat alerts di konfigurasi)',
  }),
  'alerts.accepted': phrase<{ channel: string }>({
    en: (f) => `✅ ${f.channel}: accepted`,
    id: (f) => `✅ ${f.channel}: diterima`,
  }),
  'alerts.refused': phrase<{ channel: string; reason: string }>({
    en: (f) => `❌ ${f.channel}: ${f.reason}`,
    id: (f) => `❌ ${f.channel}: ${f.reason}`,
  }),
  'alerts.look': phrase({
    en: () => 'look at your phone or mailbox now: only what you see there is proven',
    id: () => 'lihat ponsel atau kotak surat Anda sekarang: hanya yang terlihat di sana yang terbukti',
  }),
}

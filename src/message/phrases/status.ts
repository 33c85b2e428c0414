import { ago, bytes, number, percent } from '../format.ts'
import { type Language, phrase } from '../sentence.ts'

const statusWords = {
  healthy: { en: '✅ healthy', id: '✅ sehat' },
  warning: { en: '⚠️ needs attention', id: '⚠️ perlu perhatian' },
  critical: { en: '❌ critical', id: '❌ kritis' },
} as const

function statusWord(status: keyof typeof statusWords, language: Language): string {
  return Object.hasOwn(statusWords, status) ? statusWords[status][language] : String(status)
}

export const statusPhrases = {
  'health.summary': phrase({
    en: () => 'ask whether backups, databases, disk and everything around them are well',
    id: () => 'periksa apakah backup, database, disk dan sekitarnya dalam keadaan baik',
  }),
  'health.option.only': phrase({ en: () => 'one check alone', id: () => 'satu pemeriksaan saja' }),
  'health.status': phrase<{ status: keyof typeof statusWords }>({
    en: (f) => statusWord(f.status, 'en'),
    id: (f) => statusWord(f.status, 'id'),
  }),
  'health.title': phrase<{ app: string }>({
    en: (f) => `health of ${f.app}`,
    id: (f) => `kesehatan ${f.app}`,
  }),
  'health.report': phrase<{ path: string }>({ en: (f) => `report: ${f.path}`, id: (f) => `laporan: ${f.path}` }),
  'health.no-report': phrase({
    en: () => '⚠️ the report file could not be written (disk full, or no permission)',
    id: () => '⚠️ berkas laporan tidak bisa ditulis (disk penuh, atau tanpa izin)',
  }),
  'check.name.backup-availability': phrase({ en: () => 'backups', id: () => 'ketersediaan backup' }),
  'check.name.database-integrity': phrase({ en: () => 'databases', id: () => 'integritas database' }),
  'check.name.storage': phrase({ en: () => 'storage', id: () => 'ruang simpan' }),
  'check.name.stored-files': phrase({ en: () => 'stored files', id: () => 'berkas backup' }),
  'check.name.continuity': phrase({ en: () => 'continuity', id: () => 'kesinambungan' }),
  'check.name.drill': phrase({ en: () => 'drill', id: () => 'gladi' }),
  'check.name.schedule': phrase({ en: () => 'schedule', id: () => 'jadwal' }),
  'check.name.vault': phrase({ en: () => 'vault', id: () => 'brankas' }),
  'check.name.exposure': phrase({ en: () => 'exposure', id: () => 'keterpaparan' }),

  'monitor.summary': phrase({
    en: () => 'watch health, open and close alerts, tell whoever should know',
    id: () => 'awasi kesehatan, buka dan tutup peringatan, kabari yang perlu tahu',
  }),
  'monitor.option.once': phrase({
    en: () => 'one round, for cron; exit 0 healthy, 3 warning, 4 critical',
    id: () => 'satu putaran, untuk cron; keluar 0 sehat, 3 peringatan, 4 kritis',
  }),
  'monitor.option.every': phrase({
    en: () => 'how often (5m unless told)',
    id: () => 'seberapa sering (5m bila tidak disebut)',
  }),
  'monitor.round': phrase<{ at: string; status: keyof typeof statusWords; open: number }>({
    en: (f) => `${f.at}  ${statusWord(f.status, 'en')}  (${f.open} open alert${f.open === 1 ? '' : 's'})`,
    id: (f) => `${f.at}  ${statusWord(f.status, 'id')}  (${f.open} peringatan terbuka)`,
  }),

  'metrics.summary': phrase({
    en: () => 'how things are, for Prometheus: as text, or as a file of its textfile collector',
    id: () => 'keadaan saat ini untuk Prometheus: sebagai teks, atau berkas untuk textfile collector',
  }),
  'metrics.option.textfile': phrase({
    en: () => 'write to this file (whole or not at all), readable by everybody',
    id: () => 'tulis ke berkas ini (utuh atau tidak sama sekali), bisa dibaca semua',
  }),
  'metrics.written': phrase<{ path: string; count: number }>({
    en: (f) => `✅ ${f.count} metrics written to ${f.path}`,
    id: (f) => `✅ ${f.count} metrik ditulis ke ${f.path}`,
  }),
  'status.summary': phrase({
    en: () => 'everything at a glance: backups, databases, disk, next run, last drill, alerts',
    id: () => 'semuanya sekilas: backup, database, disk, jadwal berikut, gladi terakhir, peringatan',
  }),
  'status.option.watch': phrase({
    en: () => 'paint it again every few seconds',
    id: () => 'perbarui setiap beberapa detik',
  }),
  'status.title': phrase<{ app: string }>({ en: (f) => `status of ${f.app}`, id: (f) => `status ${f.app}` }),
  'status.head.total': phrase({ en: () => 'Total backups', id: () => 'Total backup' }),
  'status.head.latest': phrase({ en: () => 'Latest backup', id: () => 'Backup terbaru' }),
  'status.head.databases': phrase({ en: () => 'Database health', id: () => 'Kesehatan database' }),
  'status.head.disk': phrase({ en: () => 'Disk usage', id: () => 'Pemakaian disk' }),
  'status.head.last-run': phrase({ en: () => 'Last run', id: () => 'Proses terakhir' }),
  'status.head.next-run': phrase({ en: () => 'Next run', id: () => 'Jadwal berikut' }),
  'status.head.daemon': phrase({ en: () => 'Daemon', id: () => 'Layanan latar' }),
  'status.head.drill': phrase({ en: () => 'Last drill', id: () => 'Gladi terakhir' }),
  'status.head.alerts': phrase({ en: () => 'Open alerts', id: () => 'Peringatan terbuka' }),
  'status.head.strip': phrase({ en: () => '30 days', id: () => '30 hari' }),
  'status.total': phrase<{ total: number; proven: number; bytes: number }>({
    en: (f) => `${f.total} (${f.proven} proven, ${bytes(f.bytes, 'en')})`,
    id: (f) => `${f.total} (${f.proven} terbukti, ${bytes(f.bytes, 'id')})`,
  }),
  'status.latest': phrase<{ name: string; ageDays: number; state: string }>({
    en: (f) => `${number(f.ageDays, 'en', 1)} days ago · ${f.state} · ${f.name}`,
    id: (f) => `${number(f.ageDays, 'id', 1)} hari lalu · ${f.state} · ${f.name}`,
  }),
  'status.none': phrase({ en: () => 'none yet', id: () => 'belum ada' }),
  'status.databases': phrase<{ healthy: number; total: number }>({
    en: (f) => `${f.healthy}/${f.total} healthy`,
    id: (f) => `${f.healthy}/${f.total} sehat`,
  }),
  'status.disk': phrase<{ usedPercent: number; freeBytes: number; fullInDays: number | null }>({
    en: (f) =>
      `${percent(f.usedPercent, 'en')} used, ${bytes(f.freeBytes, 'en')} free${f.fullInDays === null ? '' : `, full in about ${number(f.fullInDays, 'en')} days`}`,
    id: (f) =>
      `${percent(f.usedPercent, 'id')} terpakai, kosong ${bytes(f.freeBytes, 'id')}${f.fullInDays === null ? '' : `, penuh sekitar ${number(f.fullInDays, 'id')} hari lagi`}`,
  }),
  'status.run': phrase<{ outcome: string; ageMs: number; reason: string | null }>({
    en: (f) => `${f.outcome}, ${ago(f.ageMs, 'en')}${f.reason === null ? '' : `: ${f.reason}`}`,
    id: (f) => `${f.outcome}, ${ago(f.ageMs, 'id')}${f.reason === null ? '' : `: ${f.reason}`}`,
  }),
  'status.daemon-alive': phrase<{ pid: number }>({
    en: (f) => `runs (pid ${f.pid})`,
    id: (f) => `berjalan (pid ${f.pid})`,
  }),
  'status.daemon-none': phrase({
    en: () => 'does not run: backups are made only when somebody asks; start it: pulih service install',
    id: () => 'tidak berjalan: backup hanya dibuat bila diminta; jalankan: pulih service install',
  }),
  'status.daemon-dead': phrase<{ heartbeat: string }>({
    en: (f) => `silent since ${f.heartbeat}; start it: pulih daemon`,
    id: (f) => `diam sejak ${f.heartbeat}; jalankan: pulih daemon`,
  }),
  'status.drill': phrase<{ ageMs: number; outcome: string; recoverySeconds: number | null }>({
    en: (f) =>
      `${f.outcome}, ${ago(f.ageMs, 'en')}${f.recoverySeconds === null ? '' : `, recovered in ${number(f.recoverySeconds, 'en', 1)} s`}`,
    id: (f) =>
      `${f.outcome}, ${ago(f.ageMs, 'id')}${f.recoverySeconds === null ? '' : `, pulih dalam ${number(f.recoverySeconds, 'id', 1)} dtk`}`,
  }),
  'status.legend': phrase({
    en: () => '■ proven  ▪ made, not proven  ✗ failed  · none',
    id: () => '■ terbukti  ▪ dibuat, belum terbukti  ✗ gagal  · tidak ada',
  }),
}

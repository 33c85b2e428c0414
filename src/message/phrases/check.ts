import { ago, bytes, percent } from '../format.ts'
import { phrase } from '../sentence.ts'

export const checkPhrases = {
  'check.no-databases': phrase({
    en: () => 'no database was found, so nothing is being kept safe; look: pulih doctor',
    id: () => 'tidak ada database yang ditemukan, jadi tidak ada yang diamankan; periksa: pulih doctor',
  }),
  'check.databases-ok': phrase<{ healthy: number; total: number }>({
    en: (f) => `${f.healthy}/${f.total} databases healthy`,
    id: (f) => `${f.healthy}/${f.total} database sehat`,
  }),
  'check.database-damaged': phrase<{ path: string; count: number; first: { en: string; id: string } }>({
    en: (f) =>
      `${f.path} is not healthy: ${f.first.en}${f.count > 1 ? ` (${f.count} findings)` : ''}; see the ways back: pulih scenario corruption`,
    id: (f) =>
      `${f.path} tidak sehat: ${f.first.id}${f.count > 1 ? ` (${f.count} temuan)` : ''}; lihat pilihan pemulihan: pulih scenario corruption`,
  }),
  'check.no-proven': phrase<{ backups: number }>({
    en: (f) =>
      f.backups === 0
        ? 'there is no backup at all; make one now: pulih backup'
        : `${f.backups === 1 ? 'the only backup is not' : `none of ${f.backups} backups is`} proven; prove them: pulih verify --all, or make a new one: pulih backup`,
    id: (f) =>
      f.backups === 0
        ? 'belum ada backup sama sekali; buat sekarang: pulih backup'
        : `tidak satu pun dari ${f.backups} backup terbukti; buktikan: pulih verify --all, atau buat baru: pulih backup`,
  }),
  'check.too-old': phrase<{ name: string; ageMs: number }>({
    en: (f) => `the newest proven backup, ${f.name}, is from ${ago(f.ageMs, 'en')}; make a new one: pulih backup`,
    id: (f) => `backup terbukti terbaru, ${f.name}, dari ${ago(f.ageMs, 'id')}; buat yang baru: pulih backup`,
  }),
  'check.too-few': phrase<{ proven: number; required: number }>({
    en: (f) =>
      `${f.proven} proven backup${f.proven === 1 ? '' : 's'}, at least ${f.required} are required (min_backups_required)`,
    id: (f) => `${f.proven} backup terbukti, paling sedikit harus ${f.required} (min_backups_required)`,
  }),
  'check.backup-failed': phrase<{ outcome: string; at: string; reason: string }>({
    en: (f) =>
      `the last backup (${f.at}) ${f.outcome === 'interrupted' ? 'was interrupted' : `failed: ${f.reason}`}${/untouched/.test(f.reason) ? '' : '; the earlier ones are untouched'}. Try again: pulih backup`,
    id: (f) =>
      `backup terakhir (${f.at}) ${f.outcome === 'interrupted' ? 'terputus' : `gagal: ${f.reason}`}${/utuh/.test(f.reason) ? '' : '; backup lama tetap utuh'}. Coba lagi: pulih backup`,
  }),
  'check.disabled': phrase({
    en: () => 'automatic backups are switched off (backup_config.enabled is false); pulih backup still works',
    id: () => 'backup otomatis dimatikan (backup_config.enabled bernilai false); pulih backup tetap bisa',
  }),
  'check.available': phrase<{ name: string; ageMs: number; proven: number }>({
    en: (f) => `${f.proven} proven backup${f.proven === 1 ? '' : 's'}, the newest ${f.name} from ${ago(f.ageMs, 'en')}`,
    id: (f) => `${f.proven} backup terbukti, yang terbaru ${f.name} dari ${ago(f.ageMs, 'id')}`,
  }),
  'check.disk-critical': phrase<{ freePercent: number }>({
    en: (f) => `only ${f.freePercent} % of the disk is free; make room, or see what can go: pulih prune --dry-run`,
    id: (f) => `sisa disk tinggal ${f.freePercent} %; kosongkan, atau lihat yang bisa dihapus: pulih prune --dry-run`,
  }),
  'check.disk-warning': phrase<{ usedPercent: number }>({
    en: (f) => `disk space warning (${f.usedPercent} % used); see what can go: pulih prune --dry-run`,
    id: (f) => `peringatan ruang disk (${f.usedPercent} % terpakai); lihat yang bisa dihapus: pulih prune --dry-run`,
  }),
  'check.no-room': phrase<{ needBytes: number; freeBytes: number }>({
    en: (f) => `the next backup needs about ${bytes(f.needBytes, 'en')}, only ${bytes(f.freeBytes, 'en')} are free`,
    id: (f) =>
      `backup berikutnya perlu sekitar ${bytes(f.needBytes, 'id')}, yang kosong hanya ${bytes(f.freeBytes, 'id')}`,
  }),
  'check.full-soon': phrase<{ days: number }>({
    en: (f) => `at this pace the disk is full in ${f.days} days`,
    id: (f) => `dengan laju ini disk penuh dalam ${f.days} hari`,
  }),
  'check.disk-ok': phrase<{ usedPercent: number; freeBytes: number }>({
    en: (f) => `disk ${percent(f.usedPercent, 'en')} used, ${bytes(f.freeBytes, 'en')} free`,
    id: (f) => `disk terpakai ${percent(f.usedPercent, 'id')}, kosong ${bytes(f.freeBytes, 'id')}`,
  }),
  'check.not-looked': phrase<{ check: string; en: string; id: string }>({
    en: (f) => `${f.check} could not be looked at: ${f.en}`,
    id: (f) => `${f.check} tidak bisa diperiksa: ${f.id}`,
  }),
  'check.archive-damaged': phrase<{ name: string; first: { en: string; id: string } }>({
    en: (f) =>
      `${f.name} is damaged (${f.first.en}) and counts for nothing; the others are untouched. Make a new one: pulih backup`,
    id: (f) =>
      `${f.name} rusak (${f.first.id}) dan tidak dihitung lagi; yang lain tetap utuh. Buat yang baru: pulih backup`,
  }),
  'check.archives-ok': phrase<{ archives: number; readIn30DaysPercent: number }>({
    en: (f) =>
      f.archives === 0
        ? 'no archives to read yet'
        : `${f.archives} archive${f.archives === 1 ? '' : 's'}, ${f.readIn30DaysPercent} % of them read to the last byte within 30 days`,
    id: (f) =>
      f.archives === 0
        ? 'belum ada arsip untuk dibaca'
        : `${f.archives} arsip, ${f.readIn30DaysPercent} % di antaranya dibaca penuh dalam 30 hari terakhir`,
  }),
  'check.ids-fell': phrase<{
    database: string
    table: string
    from: string
    to: string
    idBefore: number | null
    idAfter: number | null
  }>({
    en: (f) =>
      `${f.database} ${f.table}: its largest id was ${f.idBefore} in ${f.from} and is ${f.idAfter} in ${f.to}: newer rows went, or an older file was put in place. Both backups hold their rows; compare: pulih show ${f.from}`,
    id: (f) =>
      `${f.database} ${f.table}: id terbesarnya ${f.idBefore} di ${f.from}, kini ${f.idAfter} di ${f.to}: baris baru hilang, atau berkas lama dipasang lagi. Kedua backup tetap menyimpan barisnya; bandingkan: pulih show ${f.from}`,
  }),
  'check.rows-fell': phrase<{
    database: string
    table: string
    from: string
    to: string
    before: number
    after: number
  }>({
    en: (f) =>
      `${f.database} ${f.table}: ${f.before} rows in ${f.from}, ${f.after} in ${f.to}, and nothing on record explains it. Both backups hold their rows; compare: pulih show ${f.from}`,
    id: (f) =>
      `${f.database} ${f.table}: ${f.before} baris di ${f.from}, ${f.after} di ${f.to}, tanpa catatan yang menjelaskannya. Kedua backup tetap menyimpan barisnya; bandingkan: pulih show ${f.from}`,
  }),
  'check.rows-steady': phrase<{ compared: number }>({
    en: (f) => (f.compared === 0 ? 'nothing to compare yet' : 'no rows went away without a record'),
    id: (f) => (f.compared === 0 ? 'belum ada yang bisa dibandingkan' : 'tidak ada baris yang hilang tanpa catatan'),
  }),
  'check.drill-failed': phrase<{ backup: string | null; at: string; reason: string }>({
    en: (f) =>
      `the last drill (${f.at}) could not recover ${f.backup ?? 'a backup'}: ${f.reason}. The app was not touched. Try another: pulih drill`,
    id: (f) =>
      `gladi terakhir (${f.at}) tidak bisa memulihkan ${f.backup ?? 'backup'}: ${f.reason}. Aplikasi tidak tersentuh. Coba yang lain: pulih drill`,
  }),
  'check.drill-overdue': phrase<{ ageMs: number | null }>({
    en: (f) =>
      `${f.ageMs === null ? 'no recovery was ever drilled' : `the last drill that passed was ${ago(f.ageMs, 'en')}`}; do one: pulih drill`,
    id: (f) =>
      `${f.ageMs === null ? 'pemulihan belum pernah dilatih' : `gladi terakhir yang berhasil ${ago(f.ageMs, 'id')}`}; lakukan: pulih drill`,
  }),
  'check.drill-none': phrase({
    en: () => 'no drill yet; try a recovery, nothing is touched: pulih drill',
    id: () => 'belum ada gladi; coba latihan pemulihan, tidak menyentuh apa pun: pulih drill',
  }),
  'check.drill-ok': phrase<{ at: string; recoverySeconds: number | null }>({
    en: (f) =>
      `the last drill passed (${f.at})${f.recoverySeconds === null ? '' : `, recovered in ${f.recoverySeconds} s`}`,
    id: (f) =>
      `gladi terakhir berhasil (${f.at})${f.recoverySeconds === null ? '' : `, pulih dalam ${f.recoverySeconds} dtk`}`,
  }),
  'check.daemon-silent': phrase<{ heartbeat: string; ageMs: number }>({
    en: (f) =>
      `the daemon is silent (last heartbeat ${ago(f.ageMs, 'en')}, ${f.heartbeat}): nothing backs up by itself. Start it: pulih daemon, or as a service: pulih service install`,
    id: (f) =>
      `daemon diam (detak terakhir ${ago(f.ageMs, 'id')}, ${f.heartbeat}): tidak ada backup otomatis. Jalankan: pulih daemon, atau sebagai layanan: pulih service install`,
  }),
  'check.slot-missed': phrase<{ due: string }>({
    en: (f) => `the backup due at ${f.due} was not made although the daemon runs; make it: pulih backup`,
    id: (f) => `backup yang jatuh tempo ${f.due} tidak dibuat padahal daemon berjalan; buat: pulih backup`,
  }),
  'check.daemon-alive': phrase<{ pid: number; next: string | null }>({
    en: (f) =>
      `the daemon runs (pid ${f.pid})${f.next === null ? ', nothing is scheduled' : `, next backup ${f.next}`}`,
    id: (f) => `daemon berjalan (pid ${f.pid})${f.next === null ? ', tanpa jadwal' : `, backup berikutnya ${f.next}`}`,
  }),
  'check.daemon-unexpected': phrase<{ seen: boolean }>({
    en: (f) =>
      f.seen ? 'the daemon has just ended' : 'no daemon, and none is expected; for a timetable: pulih service install',
    id: (f) =>
      f.seen
        ? 'daemon baru saja berhenti'
        : 'tidak ada daemon, dan memang tidak diharapkan; untuk jadwal: pulih service install',
  }),
  'check.vault-none': phrase({
    en: () => 'no off-site copies are configured; set one up: pulih vault init',
    id: () => 'salinan di luar mesin ini belum diatur; atur: pulih vault init',
  }),
  'check.vault-failed': phrase<{ at: string; reason: string }>({
    en: (f) =>
      `the last copy off site failed (${f.at}): ${f.reason}. The backups here are untouched. Again: pulih vault sync`,
    id: (f) =>
      `penyalinan terakhir ke brankas gagal (${f.at}): ${f.reason}. Backup di sini tetap utuh. Ulangi: pulih vault sync`,
  }),
  'check.vault-behind': phrase<{ behind: number; lastSync: string | null }>({
    en: (f) =>
      `${f.behind} proven backups are not off site yet (last sync: ${f.lastSync ?? 'never'}); pulih vault sync`,
    id: (f) =>
      `${f.behind} backup terbukti belum tersalin ke brankas (terakhir: ${f.lastSync ?? 'belum pernah'}); pulih vault sync`,
  }),
  'check.vault-ok': phrase<{ lastSync: string | null; behind: number }>({
    en: (f) => `the vault is in step (last sync: ${f.lastSync ?? 'none yet'}, ${f.behind} waiting)`,
    id: (f) => `brankas sejalan (sinkron terakhir: ${f.lastSync ?? 'belum ada'}, ${f.behind} menunggu)`,
  }),
  'check.not-exposed': phrase({
    en: () => 'backups and state are readable by their owner alone, and not in git',
    id: () => 'backup dan catatan hanya terbaca pemiliknya, dan tidak masuk git',
  }),
}

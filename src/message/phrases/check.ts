import { ago, bytes } from '../format.ts'
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
  'check.database-damaged': phrase<{ path: string; count: number; first: string }>({
    en: (f) =>
      `${f.path} is not healthy (${f.count} findings: ${f.first}); see the ways back: pulih scenario corruption`,
    id: (f) =>
      `${f.path} tidak sehat (${f.count} temuan: ${f.first}); lihat pilihan pemulihan: pulih scenario corruption`,
  }),
  'check.no-proven': phrase<{ backups: number }>({
    en: (f) =>
      f.backups === 0
        ? 'there is no backup at all; make one now: pulih backup'
        : `none of ${f.backups} backups is proven; prove them: pulih verify --all, or make a new one: pulih backup`,
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
    en: (f) => `${f.proven} proven backups, at least ${f.required} are required (min_backups_required)`,
    id: (f) => `${f.proven} backup terbukti, paling sedikit harus ${f.required} (min_backups_required)`,
  }),
  'check.backup-failed': phrase<{ outcome: string; at: string; reason: string }>({
    en: (f) =>
      `the last backup (${f.at}) ${f.outcome === 'interrupted' ? 'was interrupted' : `failed: ${f.reason}`}; the earlier ones are untouched. Try again: pulih backup`,
    id: (f) =>
      `backup terakhir (${f.at}) ${f.outcome === 'interrupted' ? 'terputus' : `gagal: ${f.reason}`}; backup lama tetap utuh. Coba lagi: pulih backup`,
  }),
  'check.disabled': phrase({
    en: () => 'automatic backups are switched off (backup_config.enabled is false); pulih backup still works',
    id: () => 'backup otomatis dimatikan (backup_config.enabled bernilai false); pulih backup tetap bisa',
  }),
  'check.available': phrase<{ name: string; ageMs: number; proven: number }>({
    en: (f) => `${f.proven} proven backups, the newest ${f.name} from ${ago(f.ageMs, 'en')}`,
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
    en: (f) => `disk ${f.usedPercent} % used, ${bytes(f.freeBytes, 'en')} free`,
    id: (f) => `disk terpakai ${f.usedPercent} %, kosong ${bytes(f.freeBytes, 'id')}`,
  }),
}

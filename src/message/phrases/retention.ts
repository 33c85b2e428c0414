import { phrase } from '../sentence.ts'

export const retentionPhrases = {
  'log.archived': phrase<{ name: string }>({
    en: (f) => `📦 Moved to the archive folder: ${f.name}`,
    id: (f) => `📦 Dipindah ke folder arsip: ${f.name}`,
  }),
  'log.removed': phrase<{ name: string }>({
    en: (f) => `🧹 Removed by retention: ${f.name}`,
    id: (f) => `🧹 Dihapus sesuai retensi: ${f.name}`,
  }),
  'log.prune-failed': phrase<{ reason: string }>({
    en: (f) => `❌ Retention failed: ${f.reason}`,
    id: (f) => `❌ Retensi gagal: ${f.reason}`,
  }),

  'keep.last': phrase({
    en: () => 'one of the two newest proven',
    id: () => 'salah satu dari dua terbukti terbaru',
  }),
  'keep.newest': phrase({ en: () => 'among the newest', id: () => 'termasuk yang terbaru' }),
  'keep.daily': phrase({ en: () => 'newest of its day', id: () => 'terbaru pada harinya' }),
  'keep.weekly': phrase({ en: () => 'newest of its week', id: () => 'terbaru pada minggunya' }),
  'keep.monthly': phrase({ en: () => 'newest of its month', id: () => 'terbaru pada bulannya' }),
  'keep.type': phrase({ en: () => 'among the newest of its type', id: () => 'termasuk yang terbaru dari jenisnya' }),
  'keep.pinned': phrase({ en: () => 'pinned', id: () => 'disematkan' }),
  'keep.plan': phrase({ en: () => 'named by an open plan', id: () => 'disebut oleh rencana yang belum selesai' }),
  'keep.archived': phrase({ en: () => 'in the archive folder', id: () => 'di folder arsip' }),
  'keep.critical': phrase({
    en: () => 'critical, and there is no archive folder to move it to',
    id: () => 'penting, dan tidak ada folder arsip untuk memindahkannya',
  }),
  'keep.unproven': phrase({
    en: () => 'not proven yet, so it is not judged',
    id: () => 'belum terbukti, jadi belum dinilai',
  }),
  'keep.legacy': phrase({
    en: () => 'from the earlier version and never proven: only a person removes it',
    id: () => 'dari versi lama dan belum pernah terbukti: hanya orang yang boleh menghapusnya',
  }),
  'keep.damaged': phrase({
    en: () => 'damaged: left for a person to look at',
    id: () => 'rusak: dibiarkan supaya bisa diperiksa orang',
  }),
  'keep.future': phrase({
    en: () => 'dated in the future: the clock was or is wrong',
    id: () => 'bertanggal di masa depan: jam pernah atau sedang salah',
  }),
  'keep.clock-jump': phrase({
    en: () => 'its date contradicts its number: the clock had jumped',
    id: () => 'tanggalnya bertentangan dengan nomornya: jam pernah melompat',
  }),
  'keep.clock-behind': phrase({
    en: () => 'the clock is behind the newest backup: nothing is removed until it is right',
    id: () => 'jam lebih lambat dari backup terbaru: tidak ada yang dihapus sampai jam benar',
  }),

  'remove.superseded': phrase({
    en: () => 'newer proven ones take its place',
    id: () => 'sudah digantikan backup terbukti yang lebih baru',
  }),
  'remove.unproven': phrase({
    en: () => 'never proven, and newer proven ones exist',
    id: () => 'tidak pernah terbukti, dan ada backup terbukti yang lebih baru',
  }),
  'remove.damaged': phrase({
    en: () => 'damaged long ago, and replaced many times since',
    id: () => 'sudah lama rusak, dan sudah berkali-kali digantikan',
  }),

  'prune.summary': phrase({
    en: () => 'apply retention: remove what newer proven backups replace, and say why each one stays or goes',
    id: () => 'terapkan retensi: hapus yang sudah digantikan backup terbukti lebih baru, beserta alasannya',
  }),
  'prune.option.wait': phrase({
    en: () => 'how long to wait for another run to end (30s)',
    id: () => 'berapa lama menunggu proses lain selesai (30s)',
  }),
  'prune.kept': phrase<{ count: number }>({
    en: (f) => `kept: ${f.count}`,
    id: (f) => `disimpan: ${f.count}`,
  }),
  'prune.removed': phrase<{ count: number }>({
    en: (f) => `removed: ${f.count}`,
    id: (f) => `dihapus: ${f.count}`,
  }),
  'prune.archived': phrase<{ count: number; folder: string }>({
    en: (f) => `moved to ${f.folder}: ${f.count}`,
    id: (f) => `dipindah ke ${f.folder}: ${f.count}`,
  }),
  'prune.would-remove': phrase<{ count: number }>({
    en: (f) => `would be removed: ${f.count}`,
    id: (f) => `akan dihapus: ${f.count}`,
  }),
  'prune.would-archive': phrase<{ count: number; folder: string }>({
    en: (f) => `would move to ${f.folder}: ${f.count}`,
    id: (f) => `akan dipindah ke ${f.folder}: ${f.count}`,
  }),
  'prune.nothing': phrase<{ count: number }>({
    en: (f) => `nothing to remove: ${f.count === 0 ? 'there are no backups' : `all ${f.count} backups stay`}`,
    id: (f) =>
      `tidak ada yang perlu dihapus: ${f.count === 0 ? 'belum ada backup' : `${f.count} backup tetap disimpan`}`,
  }),
  'prune.ask': phrase<{ remove: number; archive: number }>({
    en: (f) => `remove ${f.remove} and move ${f.archive} to the archive folder?`,
    id: (f) => `hapus ${f.remove} dan pindahkan ${f.archive} ke folder arsip?`,
  }),
  'prune.safe': phrase({
    en: () => 'the two newest proven backups are always kept',
    id: () => 'dua backup terbukti terbaru selalu disimpan',
  }),
  'prune.declined': phrase({ en: () => 'nothing was removed', id: () => 'tidak ada yang dihapus' }),
}

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
}

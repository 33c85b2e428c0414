import { number } from '../format.ts'
import { phrase } from '../sentence.ts'

type Count = number | null

/** What the difference between two states of the data is called. */
export const diffPhrases = {
  'diff.summary': phrase({
    en: () => 'what changed between two backups, or a backup and now: schema, tables, rows',
    id: () => 'apa yang berubah di antara dua backup, atau backup dan sekarang: skema, tabel, baris',
  }),
  'diff.option.table': phrase({ en: () => 'only this table', id: () => 'hanya tabel ini' }),
  'diff.option.rows': phrase({ en: () => 'each row that differs', id: () => 'setiap baris yang berbeda' }),
  'diff.option.csv': phrase({
    en: () => 'each value that differs, as CSV on standard output',
    id: () => 'setiap nilai yang berbeda, sebagai CSV di keluaran standar',
  }),
  'diff.title': phrase<{ from: string; to: string }>({
    en: (f) => `from ${f.from} to ${f.to}`,
    id: (f) => `dari ${f.from} ke ${f.to}`,
  }),
  'diff.same': phrase<{ count: number }>({
    en: (f) => `✅ no difference in ${f.count} databases`,
    id: (f) => `✅ tidak ada perbedaan di ${f.count} database`,
  }),
  'diff.database': phrase<{ path: string; status: string; problem: string | null }>({
    en: (f) => `${f.path}: ${f.problem === null ? f.status : `cannot be compared: ${f.problem}`}`,
    id: (f) => {
      const words: Record<string, string> = { same: 'sama', changed: 'berubah', added: 'baru', removed: 'hilang' }
      return `${f.path}: ${f.problem === null ? (words[f.status] ?? f.status) : `tidak bisa dibandingkan: ${f.problem}`}`
    },
  }),
  'diff.schema': phrase<{ change: string; type: string; name: string; columns: string }>({
    en: (f) => `${f.type} ${f.name} ${f.change}${f.columns}`,
    id: (f) => {
      const words: Record<string, string> = { added: 'ditambah', removed: 'dihapus', changed: 'diubah' }
      return `${f.type} ${f.name} ${words[f.change] ?? f.change}${f.columns}`
    },
  }),
  'diff.table': phrase<{ name: string; inserted: Count; deleted: Count; changed: Count; columns: string }>({
    en: (f) =>
      `${f.name}: ${count(f.inserted, 'en')} inserted, ${count(f.deleted, 'en')} deleted, ${count(f.changed, 'en')} changed${f.columns}`,
    id: (f) =>
      `${f.name}: ${count(f.inserted, 'id')} ditambah, ${count(f.deleted, 'id')} dihapus, ${count(f.changed, 'id')} diubah${f.columns}`,
  }),
  'diff.more': phrase<{ count: number }>({
    en: (f) => `and ${f.count} more rows; all of them: --csv`,
    id: (f) => `dan ${f.count} baris lagi; semuanya: --csv`,
  }),
}

function count(value: Count, language: 'en' | 'id'): string {
  return value === null ? '?' : number(value, language)
}

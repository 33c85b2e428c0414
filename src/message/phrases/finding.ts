import { phrase as anyPhrase, type Phrase } from '../sentence.ts'

export interface Seen {
  readonly path: string | null
  readonly detail: string
}

const at = (f: Seen): string => (f.path === null ? '' : `${f.path}: `)
const more = (f: Seen): string => (f.detail === '' ? '' : ` (${f.detail})`)

const phrase = (words: Phrase<Seen>): Phrase<Seen> => anyPhrase(words)

/** One sentence per kind of finding: what can be wrong with a copy or a live database. */
export const findingPhrases = {
  'finding.archive-unreadable': phrase({
    en: (f) => `the archive cannot be read${more(f)}`,
    id: (f) => `arsip tidak bisa dibaca${more(f)}`,
  }),
  'finding.archive-rewritten': phrase({
    en: (f) => `${at(f)}another program changed or repacked the archive after pulih wrote it${more(f)}`,
    id: (f) => `${at(f)}arsip diubah atau dikemas ulang oleh program lain setelah ditulis pulih${more(f)}`,
  }),
  'finding.archive-truncated': phrase({
    en: (f) => `the archive ends too early${more(f)}`,
    id: (f) => `arsip terpotong${more(f)}`,
  }),
  'finding.manifest-missing': phrase({
    en: (f) => `the archive has no backup_info.json${more(f)}`,
    id: (f) => `arsip tidak punya backup_info.json${more(f)}`,
  }),
  'finding.manifest-invalid': phrase({
    en: (f) => `backup_info.json is not valid${more(f)}`,
    id: (f) => `backup_info.json tidak sah${more(f)}`,
  }),
  'finding.entry-missing': phrase({
    en: (f) => `${at(f)}named by the manifest but not in the archive${more(f)}`,
    id: (f) => `${at(f)}tercatat di manifest tetapi tidak ada di arsip${more(f)}`,
  }),
  'finding.entry-unlisted': phrase({
    en: (f) => `${at(f)}in the archive but not in its manifest; it will not be restored${more(f)}`,
    id: (f) => `${at(f)}ada di arsip tetapi tidak di manifest; tidak akan dipulihkan${more(f)}`,
  }),
  'finding.entry-unsafe-name': phrase({
    en: (f) => `${at(f)}unsafe name or kind; refused${more(f)}`,
    id: (f) => `${at(f)}nama atau jenis tidak aman; ditolak${more(f)}`,
  }),
  'finding.entry-damaged': phrase({
    en: (f) => `${at(f)}stored bytes are damaged${more(f)}`,
    id: (f) => `${at(f)}byte yang tersimpan rusak${more(f)}`,
  }),
  'finding.entry-hash': phrase({
    en: (f) => `${at(f)}stored bytes differ from what was written${more(f)}`,
    id: (f) => `${at(f)}byte tersimpan berbeda dari yang ditulis${more(f)}`,
  }),
  'finding.entry-size': phrase({
    en: (f) => `${at(f)}has another size than recorded${more(f)}`,
    id: (f) => `${at(f)}ukurannya lain dari yang tercatat${more(f)}`,
  }),
  'finding.recovered-hash': phrase({
    en: (f) => `${at(f)}what came out is not what went in${more(f)}`,
    id: (f) => `${at(f)}yang keluar bukan yang dulu masuk${more(f)}`,
  }),
  'finding.not-sqlite': phrase({
    en: (f) => `${at(f)}not a SQLite database, or encrypted${more(f)}`,
    id: (f) => `${at(f)}bukan database SQLite, atau terenkripsi${more(f)}`,
  }),
  'finding.header': phrase({
    en: (f) => `${at(f)}the database header is damaged${more(f)}`,
    id: (f) => `${at(f)}kepala (header) database rusak${more(f)}`,
  }),
  'finding.integrity': phrase({
    en: (f) => `${at(f)}SQLite's integrity check failed${more(f)}`,
    id: (f) => `${at(f)}pemeriksaan integritas SQLite gagal${more(f)}`,
  }),
  'finding.foreign-keys': phrase({
    en: (f) => `${at(f)}more rows point to missing rows than before${more(f)}`,
    id: (f) => `${at(f)}lebih banyak baris menunjuk ke baris yang hilang${more(f)}`,
  }),
  'finding.schema': phrase({
    en: (f) => `${at(f)}the schema is not the recorded one${more(f)}`,
    id: (f) => `${at(f)}skema tidak sama dengan yang tercatat${more(f)}`,
  }),
  'finding.rows': phrase({
    en: (f) => `${at(f)}row counts are not the recorded ones${more(f)}`,
    id: (f) => `${at(f)}jumlah baris tidak sama dengan yang tercatat${more(f)}`,
  }),
  'finding.invariant': phrase({
    en: (f) => `${at(f)}a rule of the app is broken${more(f)}`,
    id: (f) => `${at(f)}aturan aplikasi dilanggar${more(f)}`,
  }),
  'finding.invariant-failed': phrase({
    en: (f) => `${at(f)}a rule of the app could not be checked${more(f)}`,
    id: (f) => `${at(f)}aturan aplikasi tidak bisa diperiksa${more(f)}`,
  }),
  'finding.nothing-checked': phrase({
    en: (f) => `${at(f)}there was nothing to check, which proves nothing${more(f)}`,
    id: (f) => `${at(f)}tidak ada yang bisa diperiksa, jadi tidak terbukti apa-apa${more(f)}`,
  }),
  'finding.unreadable': phrase({
    en: (f) => `${at(f)}cannot be read${more(f)}`,
    id: (f) => `${at(f)}tidak bisa dibaca${more(f)}`,
  }),
  'finding.missing': phrase({
    en: (f) => `${at(f)}is missing${more(f)}`,
    id: (f) => `${at(f)}hilang${more(f)}`,
  }),
  'finding.stale-sidecar': phrase({
    en: (f) => `${at(f)}a leftover -wal or -journal lies beside it${more(f)}`,
    id: (f) => `${at(f)}ada sisa -wal atau -journal di sampingnya${more(f)}`,
  }),
}

export type FindingCode = keyof typeof findingPhrases extends `finding.${infer Code}` ? Code : never

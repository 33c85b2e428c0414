import { number } from '../format.ts'
import { phrase } from '../sentence.ts'

export interface Cost {
  readonly minutes: number | null
  readonly rows: number | null
}

const enCost = ({ minutes, rows }: Cost): string => {
  const time = minutes === null ? 'from an unknown moment' : `back ${number(minutes, 'en', 1)} minutes`
  const lost = rows === null ? 'how many rows are lost is not known' : `${number(rows, 'en')} rows are lost`
  return `${time}, ${lost}`
}

const idCost = ({ minutes, rows }: Cost): string => {
  const time = minutes === null ? 'dari saat yang tidak diketahui' : `mundur ${number(minutes, 'id', 1)} menit`
  const lost = rows === null ? 'jumlah baris yang hilang tidak diketahui' : `${number(rows, 'id')} baris hilang`
  return `${time}, ${lost}`
}

/** What the corruption scenario found and offers. */
export const corruptionPhrases = {
  'scenario.corruption.summary': phrase({
    en: () => 'damaged data: what is wrong, every way back with its loss, and a plan that runs',
    id: () => 'data rusak: apa yang salah, tiap pilihan pemulihan beserta kerugiannya, dan rencana',
  }),
  'corruption.option.use': phrase({
    en: () => 'plan for this way back instead of the recommended one',
    id: () => 'buat rencana dengan pilihan ini, bukan yang disarankan',
  }),
  'corruption.nothing': phrase<{ count: number }>({
    en: (f) =>
      `✅ nothing is wrong: ${f.count} databases looked at on a copy, from their header to the rules of the app`,
    id: (f) =>
      `✅ tidak ada yang salah: ${f.count} database diperiksa pada salinan, dari header sampai aturan aplikasi`,
  }),
  'corruption.found': phrase<{ count: number }>({
    en: (f) => `⚠️ ${f.count} findings; nothing was changed, every backup is untouched`,
    id: (f) => `⚠️ ${f.count} temuan; tidak ada yang diubah, semua backup tetap utuh`,
  }),
  'corruption.more': phrase<{ count: number }>({
    en: (f) => `and ${f.count} more, all in the plan`,
    id: (f) => `dan ${f.count} lagi, semuanya ada di rencana`,
  }),
  'corruption.head': phrase({
    en: () => 'way back|minutes|rows lost|downtime',
    id: () => 'pilihan|menit|baris hilang|waktu henti',
  }),
  'corruption.unknown': phrase({ en: () => 'not known', id: () => 'tidak diketahui' }),
  'corruption.row': phrase<{ table: string; lost: number | null }>({
    en: (f) => `${f.table}: ${f.lost === null ? 'not known' : `${number(f.lost, 'en')} rows lost`}`,
    id: (f) => `${f.table}: ${f.lost === null ? 'tidak diketahui' : `${number(f.lost, 'id')} baris hilang`}`,
  }),
  'corruption.recommended': phrase<{ reason: string }>({
    en: (f) => `recommended: ${f.reason}`,
    id: (f) => `disarankan: ${f.reason}`,
  }),
  'corruption.why-newest': phrase<Cost & { backup: string; lacks: string; salvage: string | null }>({
    en: (f) =>
      `${f.backup} is the newest proven backup and was recovered just now: ${enCost(f)}${f.lacks === '' ? '' : `; it does not hold ${f.lacks}`}${f.salvage === null ? '' : `; newer rows can be kept by --use ${f.salvage}, which mixes two moments`}`,
    id: (f) =>
      `${f.backup} adalah backup terbukti yang terbaru dan baru saja dicoba pulih: ${idCost(f)}${f.lacks === '' ? '' : `; isinya tanpa ${f.lacks}`}${f.salvage === null ? '' : `; baris yang lebih baru bisa diselamatkan dengan --use ${f.salvage}, tetapi mencampur dua waktu`}`,
  }),
  'corruption.why-reindex': phrase({
    en: () => 'only an index is broken: every row was read and is kept, the index is built anew',
    id: () => 'hanya indeks yang rusak: semua baris terbaca dan disimpan, indeksnya dibangun ulang',
  }),
  'corruption.why-whole': phrase({
    en: () => 'every row of every table was read: a sound database is made of them, nothing is lost',
    id: () => 'semua baris semua tabel terbaca: database sehat dibuat darinya, tidak ada yang hilang',
  }),
  'corruption.why-salvage': phrase({
    en: () => 'no proven backup holds it: what can still be read is all there is',
    id: () => 'tidak ada backup terbukti yang memuatnya: yang masih terbaca adalah satu-satunya yang ada',
  }),
  'corruption.step.repair': phrase<{ paths: string }>({
    en: (f) => `Make ${f.paths} anew of what can be read, and keep the damaged files`,
    id: (f) => `Buat ulang ${f.paths} dari yang masih terbaca, dan simpan berkas rusaknya`,
  }),
  'corruption.repaired': phrase<{ paths: string; quarantine: string }>({
    en: (f) =>
      `✅ sound again: ${f.paths}; the damaged files are kept in ${f.quarantine}; take it back: pulih restore --undo`,
    id: (f) =>
      `✅ sehat kembali: ${f.paths}; berkas rusaknya disimpan di ${f.quarantine}; batalkan: pulih restore --undo`,
  }),
  'corruption.sound-already': phrase<{ paths: string }>({
    en: (f) => `nothing is wrong with ${f.paths}; nothing was changed`,
    id: (f) => `tidak ada yang salah dengan ${f.paths}; tidak ada yang diubah`,
  }),
  'corruption.why-none': phrase({
    en: () =>
      'no proven backup holds the damaged databases; look for copies elsewhere: pulih scenario disaster --from DIR',
    id: () =>
      'tidak ada backup terbukti yang memuat database yang rusak; cari salinan lain: pulih scenario disaster --from DIR',
  }),
  'corruption.unusable': phrase<{ backup: string; reason: string }>({
    en: (f) => `${f.backup} could not be recovered: ${f.reason}`,
    id: (f) => `${f.backup} tidak bisa dipulihkan: ${f.reason}`,
  }),
}

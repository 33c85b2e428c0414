/** What members and bot say to each other, and code that looks written: text that compresses as real text does. */
import type { Dice } from './dice.ts'

const words = (text: string): readonly string[] => text.split('|').map((word) => word.trim())

const given = words(
  'Aulia|Bayu|Cahya|Damar|Endah|Farid|Gilang|Hasna|Ilham|Jihan|Kirana|Laras|Mahesa|Nadia|Oki|Prita|Raka|Salsa|Tirta|Ulfa|Vino|Winda|Yusra|Zaki',
)
const family = words(
  'Adinata|Basuki|Darmawan|Effendi|Fadhilah|Gunadi|Haryono|Irawan|Kurnia|Mulyadi|Paramita|Rachman|Suryana|Tanjung|Wardana',
)
const goods = words(
  'bubur ayam|nasi uduk|es teh manis|kopi tubruk|pecel lele|martabak telur|sate kambing|roti bakar|bensin|parkir mobil|tiket bus|tol dalam kota|token listrik|air minum|deterjen|beras|telur sekilo|minyak goreng|susu bubuk|vitamin anak|obat maag|iuran warga|uang kas kelas|buku tulis|seragam|paket internet|tagihan telepon|angsuran motor|hadiah pernikahan|sumbangan masjid|servis motor|ban luar|sandal|kemeja batik|kabel charger|lampu kamar',
)
const places = words(
  'warung depan gang|pasar pagi|koperasi|minimarket pojok|kantin|terminal|stasiun kota|pom bensin|apotek|lapak daring|toko bangunan|bengkel langganan|klinik|sekolah anak|lapangan|rumah orang tua|pameran|food court',
)
const asides = words(
  'nanti diganti|pakai uang kembalian|dibagi dua|ada potongan|belum termasuk antar|kurang seribu|untuk sebulan|sudah dibayar lunas|setengah dulu|lebih murah dari biasanya|nota menyusul|dicatat belakangan',
)
const code_ = words(
  'entry|pocket|member|label|amount|balance|report|reply|session|limit|total|week|month|handler|parser|context|reminder|holding|price|draft|cursor|config|result|error',
)
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

export const labels = {
  out: words('Makan|Jalan|Dapur|Tagihan|Kesehatan|Hiburan|Sekolah|Rumah|Pulsa|Lain-lain'),
  in: words('Gaji|Lembur|Dagang|Pemberian|Hasil investasi'),
} as const

export const pockets: readonly (readonly [string, string])[] = [
  ...([
    ['Dompet', 'cash'],
    ['Celengan', 'cash'],
    ['Rekening gaji', 'bank'],
    ['Tabungan', 'bank'],
  ] as const),
  ...([
    ['Uang elektronik', 'e-money'],
    ['Saldo belanja', 'e-money'],
    ['Kartu kredit', 'card'],
  ] as const),
]

export const holdings: readonly (readonly [string, string])[] = [
  ...([
    ['emas', 'gram'],
    ['saham', 'lot'],
    ['reksa dana', 'unit'],
    ['tanah', 'meter'],
    ['motor', 'unit'],
  ] as const),
]

export function name(dice: Dice): string {
  return `${dice.pick(given)} ${dice.pick(family)}`
}

/** Number of a label row, some far more usual than others: `out` labels come first in the table. */
export function labelNumber(dice: Dice, kind: 'in' | 'out'): number {
  const place = Math.floor(dice.next() ** 2 * labels[kind].length)
  return 1 + (kind === 'in' ? labels.out.length : 0) + place
}

export interface Exchange {
  readonly note: string
  readonly words: string
  readonly meaning: string
  readonly detail: string
  readonly photo: string | null
  readonly answer: string
}

export function exchange(dice: Dice, kind: 'in' | 'out' | 'move', amount: number, pocket: string): Exchange {
  const [item, place] = [dice.pick(goods), dice.pick(places)]
  const aside = dice.chance(0.35) ? `, ${dice.pick(asides)}` : ''
  const note = `${item}${dice.chance(0.7) ? ` di ${place}` : ''}${aside}`
  const done = { in: 'Pemasukan', out: 'Pengeluaran', move: 'Pindahan' }[kind]
  return {
    note,
    words: `${note} ${dice.chance(0.6) && amount % 1000 === 0 ? `${amount / 1000}rb` : amount}`,
    meaning: `book_${kind}`,
    detail: JSON.stringify({
      meaning: `book_${kind}`,
      sure: dice.below(1000) / 1000,
      found: { amount, item, place },
      update: 700_000_000 + dice.below(99_999_999),
    }),
    photo: dice.chance(0.05) ? `AgADBQ${Array.from({ length: 62 }, () => alphabet[dice.below(64)]).join('')}` : null,
    answer: `✅ ${done} dicatat: Rp${amount.toLocaleString('id-ID')}\n👛 ${pocket}, kode ${dice.below(1e9)}`,
  }
}

/** About `size` bytes of source code. */
export function code(dice: Dice, size: number): string {
  const word = (): string => dice.pick(code_)
  const lines: string[] = []
  for (let length = 0; length < size; length += (lines.at(-1)?.length ?? 0) + 1) {
    const line = dice.weighted({ call: 45, test: 20, say: 15, remark: 12, begin: 8 })
    const indent = ' '.repeat(4 * dice.below(3))
    if (line === 'call')
      lines.push(`${indent}${word()} = await self.${word()}_${word()}(${word()}, '${word()} ${word()}')`)
    if (line === 'test') lines.push(`${indent}if ${word()}.${word()} > ${dice.below(1_000_000)}:`)
    if (line === 'say') lines.push(`${indent}log.info('${word()} ${word()}: %s', ${word()})`)
    if (line === 'remark') lines.push(`${indent}# ${word()} ${word()} ${word()} ${word()}`)
    if (line === 'begin') lines.push(`${indent}def ${word()}_${word()}(${word()}, ${word()}_id=None):`)
  }
  return `${lines.join('\n')}\n`
}

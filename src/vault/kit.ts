import type { Language } from '../message/sentence.ts'
import { passwordVariable } from './open.ts'

export interface KitFacts {
  /** Without any password in it. */
  readonly repository: string
  readonly app: string
  readonly host: string
  /** Environment variables that hold credentials for the place: names only. */
  readonly variables: readonly string[]
  readonly printed: string
}

/** What a person needs to get back in from nothing, with a place for the password and never the password itself. */
export function kitText(facts: KitFacts, language: Language): string {
  return language === 'id' ? indonesian(facts) : english(facts)
}

const line = '____________________________________________________________'

/** Names to fill in, as shell lines. */
function credentials(variables: readonly string[]): readonly string[] {
  return variables.map((name) => `    export ${name}=…`)
}

function commands(facts: KitFacts): { readonly pulih: string; readonly restic: readonly string[] } {
  const place = shell(facts.repository)
  return {
    pulih: `    pulih vault restore latest --to recovered --repository ${place}`,
    restic: [
      `    restic -r ${place} snapshots`,
      `    restic -r ${place} check`,
      `    restic -r ${place} restore latest --tag pulih --target recovered`,
    ],
  }
}

function shell(text: string): string {
  return /^[\w./:@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

function english(facts: KitFacts): string {
  const { pulih, restic } = commands(facts)
  return [
    `RECOVERY KIT for ${facts.app} on ${facts.host}, printed ${facts.printed}`,
    'Keep it on paper or in a password manager, away from that machine. Whoever holds it filled in can read everything.',
    '',
    `1. Where the copies are:  ${facts.repository}`,
    `2. Password of the vault: ${line}`,
    '   Write it in by hand. Without it nobody can ever open the copies, not even we.',
    ...(facts.variables.length === 0
      ? []
      : [`3. Access to that place:  ${facts.variables.join(', ')}`, `   ${line}`, `   ${line}`]),
    '',
    'To get everything back on an empty machine, with pulih (Node 24 or later):',
    ...credentials(facts.variables),
    `    export ${passwordVariable}=…    # or --password-file FILE`,
    pulih,
    '',
    'Or without pulih, with stock restic (0.14 or later; apt-get install restic):',
    ...credentials(facts.variables),
    '    export RESTIC_PASSWORD=…',
    ...restic,
    '',
    'Then look: the databases in recovered/ open with sqlite3; recovered/.pulih/backup_info.json (restic) lists what there',
    'must be, with hashes and row counts. Try this once now, before you need it.',
  ].join('\n')
}

function indonesian(facts: KitFacts): string {
  const { pulih, restic } = commands(facts)
  return [
    `LEMBAR PEMULIHAN untuk ${facts.app} di ${facts.host}, dicetak ${facts.printed}`,
    'Simpan di kertas atau pengelola kata sandi, jauh dari mesin itu. Siapa pun yang memegang lembar terisi bisa membaca semuanya.',
    '',
    `1. Tempat salinan:        ${facts.repository}`,
    `2. Kata sandi brankas:    ${line}`,
    '   Tulis dengan tangan. Tanpa ini tidak ada yang bisa membuka salinan, kami pun tidak.',
    ...(facts.variables.length === 0
      ? []
      : [`3. Akses ke tempat itu:   ${facts.variables.join(', ')}`, `   ${line}`, `   ${line}`]),
    '',
    'Mengembalikan semuanya di mesin kosong, dengan pulih (Node 24 ke atas):',
    ...credentials(facts.variables),
    `    export ${passwordVariable}=…    # atau --password-file BERKAS`,
    pulih,
    '',
    'Atau tanpa pulih, dengan restic biasa (0.14 ke atas; apt-get install restic):',
    ...credentials(facts.variables),
    '    export RESTIC_PASSWORD=…',
    ...restic,
    '',
    'Lalu periksa: database di recovered/ bisa dibuka dengan sqlite3; recovered/.pulih/backup_info.json (restic) memuat apa',
    'yang harus ada, dengan hash dan jumlah baris. Coba sekali sekarang, sebelum benar-benar perlu.',
  ].join('\n')
}

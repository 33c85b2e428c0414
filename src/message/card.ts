export interface CardFacts {
  readonly host: string
  readonly printed: string
  readonly app: string
  readonly backups: string
  readonly archives: string
  /** The newest proven backup; null when there is none. */
  readonly newest: string | null
  /** Where the vault is, without any password in it. */
  readonly vault: string | null
  readonly rebuild: string
  /** Stop, start and smoke test; null: not configured. */
  readonly service: readonly (string | null)[]
}

export interface CardWords {
  readonly title: string
  readonly sections: readonly { readonly title: string; readonly lines: readonly string[] }[]
}

/** The recovery card, to be printed on a good day and read on a bad one. */
export function cardWords(facts: CardFacts): Readonly<Record<'id' | 'en', CardWords>> {
  return { en: english(facts), id: indonesian(facts) }
}

function english(f: CardFacts): CardWords {
  const [stop, start, smoke] = f.service
  const vault =
    f.vault === null
      ? ['no vault is configured: keep a copy of the newest zip on another machine']
      : [
          `vault: ${f.vault}`,
          'password: in your password manager, never on this card',
          'pulih vault list',
          'pulih vault restore latest --to recovered',
        ]
  return {
    title: `Recovery card: ${f.app} on ${f.host}, ${f.printed}`,
    sections: [
      { title: "Don't panic. Stop the app, change nothing else", lines: [stop ?? 'Ctrl-C in its terminal'] },
      {
        title: 'Where the backups are',
        lines: [f.backups, f.archives, `newest proven: ${f.newest ?? 'none yet: pulih backup'}`, ...vault],
      },
      {
        title: 'This machine still works, the data is wrong',
        lines: ['pulih scenario corruption', 'pulih plan run recovery_plan'],
      },
      {
        title: 'A new, empty machine',
        lines: [
          'install Node 24 or newer, and pulih',
          'mkdir bot && cd bot, copy the newest zip there',
          'pulih scenario disaster --from . --yes',
          `with the old folder still there: ${f.rebuild}`,
        ],
      },
      { title: 'Without pulih', lines: ['unzip BACKUP.zip -d recovered', 'read recovered/RESTORE.txt'] },
      {
        title: 'Afterwards',
        lines: [start ?? 'start the app', smoke ?? 'try a balance and a new entry', 'pulih backup', 'pulih health'],
      },
    ],
  }
}

function indonesian(f: CardFacts): CardWords {
  const [stop, start, smoke] = f.service
  const vault =
    f.vault === null
      ? ['brankas belum diatur: simpan salinan zip terbaru di mesin lain']
      : [
          `brankas: ${f.vault}`,
          'kata sandi: di pengelola kata sandi, jangan di kartu ini',
          'pulih vault list',
          'pulih vault restore latest --to recovered',
        ]
  return {
    title: `Kartu pemulihan: ${f.app} di ${f.host}, ${f.printed}`,
    sections: [
      { title: 'Jangan panik. Hentikan aplikasi, jangan ubah yang lain', lines: [stop ?? 'Ctrl-C di terminalnya'] },
      {
        title: 'Letak backup',
        lines: [f.backups, f.archives, `terbukti terbaru: ${f.newest ?? 'belum ada: pulih backup'}`, ...vault],
      },
      {
        title: 'Mesin masih hidup, datanya salah',
        lines: ['pulih scenario corruption', 'pulih plan run recovery_plan'],
      },
      {
        title: 'Mesin baru yang kosong',
        lines: [
          'pasang Node 24 ke atas, dan pulih',
          'mkdir bot && cd bot, salin zip terbaru ke situ',
          'pulih scenario disaster --from . --yes',
          `bila folder lama masih ada: ${f.rebuild}`,
        ],
      },
      { title: 'Tanpa pulih', lines: ['unzip BACKUP.zip -d recovered', 'baca recovered/RESTORE.txt'] },
      {
        title: 'Sesudahnya',
        lines: [
          start ?? 'jalankan aplikasi',
          smoke ?? 'coba lihat saldo dan catat transaksi',
          'pulih backup',
          'pulih health',
        ],
      },
    ],
  }
}

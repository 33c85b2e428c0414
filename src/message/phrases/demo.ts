import { phrase } from '../sentence.ts'

/** The story of `pulih demo`: what each step does, and the claims it checks. */
export const demoPhrases = {
  'demo.summary': phrase({
    en: () => 'a made-up finance bot: backup under load, disaster, recovery, every claim checked',
    id: () => 'bot keuangan buatan: backup saat sibuk, bencana, pemulihan, setiap klaim diperiksa',
  }),
  'demo.option.keep': phrase({
    en: () => 'leave the scratch folder for a look afterwards',
    id: () => 'biarkan folder sementara untuk dilihat sesudahnya',
  }),
  'demo.intro': phrase<{ folder: string }>({
    en: (f) => `Everything happens in ${f.folder}; nothing else is touched.`,
    id: (f) => `Semua terjadi di ${f.folder}; tidak ada hal lain yang disentuh.`,
  }),
  'demo.step.build': phrase({
    en: () => 'A finance bot on a small server: two SQLite databases, code, settings, a secret',
    id: () => 'Bot keuangan di server kecil: dua database SQLite, kode, pengaturan, satu rahasia',
  }),
  'demo.claim.built': phrase<{ wallets: string; transactions: string; total: string }>({
    en: (f) =>
      `${f.wallets} wallets and ${f.transactions} transactions; every balance agrees to the cent, Rp ${f.total} in all`,
    id: (f) =>
      `${f.wallets} dompet dan ${f.transactions} transaksi; setiap saldo cocok sampai sen, total Rp ${f.total}`,
  }),
  'demo.step.work': phrase({
    en: () => 'The bot works: a process of its own keeps moving money, also during the backup',
    id: () => 'Bot bekerja: proses tersendiri terus memindahkan uang, juga selama backup',
  }),
  'demo.claim.works': phrase<{ transfers: string }>({
    en: (f) => `${f.transfers} transfers committed so far`,
    id: (f) => `${f.transfers} transfer sudah tercatat`,
  }),
  'demo.step.backup': phrase({
    en: () => 'Back up under that load',
    id: () => 'Backup di tengah kesibukan itu',
  }),
  'demo.claim.proven': phrase<{ name: string; took: string }>({
    en: (f) => `${f.name} is proven after ${f.took}: recovered from its own bytes, every check passed`,
    id: (f) => `${f.name} terbukti setelah ${f.took}: dipulihkan dari isinya sendiri, semua pemeriksaan lulus`,
  }),
  'demo.claim.complete': phrase<{ before: string }>({
    en: (f) =>
      `recovered beside the app: all ${f.before} transfers committed before it began are in it, and it balances`,
    id: (f) =>
      `dipulihkan di samping aplikasi: semua ${f.before} transfer yang tercatat sebelumnya ada, dan saldonya cocok`,
  }),
  'demo.claim.unhurt': phrase<{ slowest: string }>({
    en: (f) => `the bot saw no error; its slowest transfer took ${f.slowest}`,
    id: (f) => `bot tidak mengalami kesalahan; transfer terlamanya ${f.slowest}`,
  }),
  'demo.step.zeroed': phrase({
    en: () => 'Disaster, part one: a wrong command sets every wallet to zero, and the bot goes on',
    id: () => 'Bencana, bagian satu: perintah yang salah menjadikan semua saldo nol, dan bot jalan terus',
  }),
  'demo.claim.noticed': phrase<{ wallets: string }>({
    en: (f) =>
      `the next backup notices: the rule "balance = opening + in - out" is broken in ${f.wallets} wallets, so it is not counted as proven`,
    id: (f) =>
      `backup berikutnya menyadari: aturan "saldo = saldo awal + masuk - keluar" dilanggar ${f.wallets} dompet, jadi tidak dihitung terbukti`,
  }),
  'demo.step.damaged': phrase({
    en: () => 'Disaster, part two: the bot is stopped, and the disk damages the middle of its database file',
    id: () => 'Bencana, bagian dua: bot berhenti, dan disk merusak bagian tengah berkas databasenya',
  }),
  'demo.claim.refused': phrase({
    en: () => 'a backup of the damaged database is refused, and nothing of it is kept',
    id: () => 'backup dari database yang rusak ditolak, dan tidak ada sisanya yang disimpan',
  }),
  'demo.claim.still-there': phrase<{ name: string }>({
    en: (f) => `${f.name} is still there and proves again`,
    id: (f) => `${f.name} masih ada dan terbukti lagi`,
  }),
  'demo.step.recover': phrase({
    en: () => 'Recover: the plan first, then the deed',
    id: () => 'Pulihkan: rencananya dulu, lalu pelaksanaannya',
  }),
  'demo.claim.plan': phrase({
    en: () => 'the plan picks the newest proven backup by itself and changes nothing yet',
    id: () => 'rencana memilih sendiri backup terbukti terbaru dan belum mengubah apa pun',
  }),
  'demo.claim.restored': phrase<{ paths: string }>({
    en: (f) => `${f.paths} paths put back and checked in their place`,
    id: (f) => `${f.paths} berkas dikembalikan dan diperiksa di tempatnya`,
  }),
  'demo.claim.undone': phrase({
    en: () => 'the recovery itself can be undone: the damaged file is back byte for byte, nothing was thrown away',
    id: () => 'pemulihan pun bisa dibatalkan: berkas rusak kembali sama persis, tidak ada yang dibuang',
  }),
  'demo.claim.balanced': phrase<{ wallets: string; total: string }>({
    en: (f) => `the books balance again to the cent: ${f.wallets} wallets, Rp ${f.total}, as in the backup`,
    id: (f) => `pembukuan cocok lagi sampai sen: ${f.wallets} dompet, Rp ${f.total}, seperti di backup`,
  }),
  'demo.step.again': phrase({
    en: () => 'The bot starts again on the recovered database',
    id: () => 'Bot jalan lagi di atas database yang dipulihkan',
  }),
  'demo.claim.again': phrase<{ transfers: string }>({
    en: (f) => `${f.transfers} new transfers without an error, and the books still balance`,
    id: (f) => `${f.transfers} transfer baru tanpa kesalahan, dan pembukuan tetap cocok`,
  }),
  'demo.broken-off': phrase<{ reason: string }>({
    en: (f) => `the demo could not go on: ${f.reason}`,
    id: (f) => `demo tidak bisa dilanjutkan: ${f.reason}`,
  }),
  'demo.passed': phrase<{ claims: number; took: string }>({
    en: (f) => `✅ all ${f.claims} claims were checked and are true (${f.took}). On your own app: pulih init`,
    id: (f) => `✅ semua ${f.claims} klaim diperiksa dan benar (${f.took}). Di aplikasi Anda: pulih init`,
  }),
  'demo.failed': phrase<{ failed: number; claims: number }>({
    en: (f) =>
      `❌ ${f.failed} of ${f.claims} claims did not hold. Your own data was not involved; look with: pulih demo --keep`,
    id: (f) =>
      `❌ ${f.failed} dari ${f.claims} klaim tidak terpenuhi. Data Anda tidak terlibat; lihat dengan: pulih demo --keep`,
  }),
  'demo.kept': phrase<{ folder: string }>({
    en: (f) => `kept for a look: ${f.folder}`,
    id: (f) => `dibiarkan untuk dilihat: ${f.folder}`,
  }),
}

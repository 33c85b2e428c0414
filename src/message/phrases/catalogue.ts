import { phrase } from '../sentence.ts'

const s = (count: number): string => (count === 1 ? '' : 's')

/** Looking at backups and acts: list, history, show, pin, unpin, forget-source. */
export const cataloguePhrases = {
  'log.index-rebuilt': phrase({
    en: () => 'the index was damaged and was made again from the archives; no backup is affected',
    id: () => 'indeks rusak dan sudah dibuat ulang dari arsip; tidak ada backup yang terpengaruh',
  }),

  'state.captured': phrase({ en: () => 'captured', id: () => 'tertangkap' }),
  'state.stored': phrase({ en: () => 'stored', id: () => 'tersimpan' }),
  'state.proven': phrase({ en: () => 'proven', id: () => 'terbukti' }),
  'state.damaged': phrase({ en: () => 'damaged', id: () => 'rusak' }),

  'list.summary': phrase({
    en: () => 'show every backup, newest first',
    id: () => 'tampilkan semua backup, yang terbaru di atas',
  }),
  'list.empty': phrase<{ folder: string }>({
    en: (f) => `there is no backup in ${f.folder} yet: nothing could be recovered`,
    id: (f) => `belum ada backup di ${f.folder}: belum ada yang bisa dipulihkan`,
  }),
  'list.title': phrase<{ count: number; proven: number; size: string; folder: string }>({
    en: (f) => `${f.count} backup${s(f.count)}, ${f.proven} proven, ${f.size}, in ${f.folder}`,
    id: (f) => `${f.count} backup, ${f.proven} terbukti, ${f.size}, di ${f.folder}`,
  }),
  'list.head.name': phrase({ en: () => 'name', id: () => 'nama' }),
  'list.head.state': phrase({ en: () => 'state', id: () => 'status' }),
  'list.head.age': phrase({ en: () => 'made', id: () => 'dibuat' }),
  'list.head.size': phrase({ en: () => 'size', id: () => 'ukuran' }),
  'list.head.note': phrase({ en: () => 'note', id: () => 'catatan' }),
  'list.in-future': phrase({ en: () => 'in the future', id: () => 'di masa depan' }),
  'list.pinned': phrase<{ reason: string | null }>({
    en: (f) => `📌 pinned${f.reason === null ? '' : `: ${f.reason}`}`,
    id: (f) => `📌 disematkan${f.reason === null ? '' : `: ${f.reason}`}`,
  }),
  'list.archived': phrase({ en: () => 'in the archive folder', id: () => 'di folder arsip' }),
  'list.legacy': phrase({ en: () => 'from the earlier Python version', id: () => 'dari versi Python sebelumnya' }),
  'list.same': phrase<{ name: string }>({
    en: (f) => `same content as ${f.name}`,
    id: (f) => `isinya sama dengan ${f.name}`,
  }),
  'list.safe': phrase<{ name: string; age: string }>({
    en: (f) => `the newest proven backup was made ${f.age}: everything up to then can be recovered`,
    id: (f) => `backup terbukti terbaru dibuat ${f.age}: semua data sampai saat itu bisa dipulihkan`,
  }),
  'list.none-proven': phrase({
    en: () => 'none of them is proven, so none counts yet; prove them: pulih verify --all',
    id: () => 'belum ada yang terbukti, jadi belum ada yang bisa diandalkan; buktikan: pulih verify --all',
  }),
  'list.damaged': phrase<{ count: number; name: string }>({
    en: (f) => `${f.count} damaged, which count${f.count === 1 ? 's' : ''} for nothing; see why: pulih show ${f.name}`,
    id: (f) => `${f.count} rusak dan tidak dihitung; lihat sebabnya: pulih show ${f.name}`,
  }),

  'history.summary': phrase({
    en: () => 'show every act on record: backups, proofs, restores, removals, failures too',
    id: () => 'tampilkan semua catatan: backup, pembuktian, pemulihan, penghapusan, termasuk yang gagal',
  }),
  'history.option.limit': phrase({
    en: () => 'how many of the newest (20 on the screen, all with --json)',
    id: () => 'berapa banyak yang terbaru (20 di layar, semua dengan --json)',
  }),
  'history.empty': phrase({
    en: () => 'nothing is on record yet',
    id: () => 'belum ada catatan',
  }),
  'history.head.when': phrase({ en: () => 'began', id: () => 'mulai' }),
  'history.head.act': phrase({ en: () => 'act', id: () => 'kegiatan' }),
  'history.head.outcome': phrase({ en: () => 'outcome', id: () => 'hasil' }),
  'history.head.took': phrase({ en: () => 'took', id: () => 'lama' }),
  'history.head.about': phrase({ en: () => 'about', id: () => 'tentang' }),
  'outcome.running': phrase({ en: () => 'running', id: () => 'berjalan' }),
  'outcome.done': phrase({ en: () => 'done', id: () => 'selesai' }),
  'outcome.failed': phrase({ en: () => 'failed', id: () => 'gagal' }),
  'outcome.interrupted': phrase({ en: () => 'interrupted', id: () => 'terputus' }),
  'outcome.cancelled': phrase({ en: () => 'cancelled', id: () => 'dibatalkan' }),
  'history.more': phrase<{ count: number; limit: number }>({
    en: (f) => `${f.count} earlier ones: pulih history --limit ${f.limit}`,
    id: (f) => `${f.count} catatan lebih lama: pulih history --limit ${f.limit}`,
  }),
  'history.last-failed': phrase<{ act: string }>({
    en: (f) =>
      `the last ${f.act} did not succeed; what was backed up before is untouched. See where things stand: pulih list`,
    id: (f) => `${f.act} terakhir tidak berhasil; backup sebelumnya tetap utuh. Lihat keadaannya: pulih list`,
  }),

  'show.summary': phrase({
    en: () => 'show everything known about one backup',
    id: () => 'tampilkan semua yang diketahui tentang satu backup',
  }),
  'show.type': phrase({ en: () => 'type', id: () => 'jenis' }),
  'show.reason': phrase({ en: () => 'reason', id: () => 'alasan' }),
  'show.created': phrase({ en: () => 'made', id: () => 'dibuat' }),
  'show.when': phrase<{ date: string; age: string; sequence: number }>({
    en: (f) => `${f.date} (${f.age})${f.sequence === 0 ? '' : `, number ${f.sequence}`}`,
    id: (f) => `${f.date} (${f.age})${f.sequence === 0 ? '' : `, nomor ${f.sequence}`}`,
  }),
  'show.capture': phrase({ en: () => 'captured within', id: () => 'ditangkap dalam' }),
  'show.same': phrase({ en: () => 'same content as', id: () => 'isi sama dengan' }),
  'show.pinned': phrase({ en: () => 'pinned', id: () => 'disematkan' }),
  'show.pinned-plain': phrase({
    en: () => 'yes: kept until pulih unpin',
    id: () => 'ya: disimpan sampai pulih unpin',
  }),
  'show.proof': phrase({ en: () => 'proof', id: () => 'bukti' }),
  'show.proof-recovered': phrase<{ at: string; took: string }>({
    en: (f) => `recovered in full and checked on ${f.at}, in ${f.took}`,
    id: (f) => `dipulihkan penuh dan diperiksa pada ${f.at}, dalam ${f.took}`,
  }),
  'show.proof-equal': phrase<{ at: string; of: string }>({
    en: (f) => `byte for byte the content of ${f.of}, which was recovered and checked (${f.at})`,
    id: (f) => `byte demi byte sama dengan ${f.of}, yang sudah dipulihkan dan diperiksa (${f.at})`,
  }),
  'show.proof-none': phrase<{ name: string }>({
    en: (f) => `none yet; prove it: pulih verify ${f.name}`,
    id: (f) => `belum ada; buktikan: pulih verify ${f.name}`,
  }),
  'show.copies': phrase({ en: () => 'copies', id: () => 'salinan' }),
  'show.database': phrase<{ size: string; tables: string; rows: string; broken: number }>({
    en: (f) =>
      `${f.size}, ${f.tables} tables, ${f.rows} rows${f.broken === 0 ? '' : `, ${f.broken} rows point to missing rows`}`,
    id: (f) =>
      `${f.size}, ${f.tables} tabel, ${f.rows} baris${f.broken === 0 ? '' : `, ${f.broken} baris menunjuk baris yang hilang`}`,
  }),
  'show.files': phrase({ en: () => 'files', id: () => 'berkas' }),
  'show.files-count': phrase<{ count: string; size: string; secret: number }>({
    en: (f) => `${f.count}, ${f.size}${f.secret === 0 ? '' : `, ${f.secret} with secrets`}`,
    id: (f) => `${f.count}, ${f.size}${f.secret === 0 ? '' : `, ${f.secret} berisi rahasia`}`,
  }),
  'show.damaged': phrase<{ count: number }>({
    en: (f) => `this copy is damaged (${f.count} finding${s(f.count)}) and counts for nothing:`,
    id: (f) => `salinan ini rusak (${f.count} temuan) dan tidak dihitung:`,
  }),
  'show.use-other': phrase({
    en: () => 'use another one: pulih list · what is still readable: pulih export NAME --files DIR',
    id: () => 'pakai yang lain: pulih list · yang masih terbaca: pulih export NAMA --files FOLDER',
  }),

  'pin.summary': phrase({
    en: () => 'keep a backup whatever retention says',
    id: () => 'simpan satu backup apa pun kata retensi',
  }),
  'pin.option.reason': phrase({
    en: () => 'why, for whoever reads it later',
    id: () => 'alasannya, untuk dibaca nanti',
  }),
  'pin.done': phrase<{ name: string }>({
    en: (f) => `${f.name} is pinned: retention will not remove it`,
    id: (f) => `${f.name} disematkan: retensi tidak akan menghapusnya`,
  }),
  'pin.would': phrase<{ name: string }>({
    en: (f) => `${f.name} would be pinned; nothing was changed`,
    id: (f) => `${f.name} akan disematkan; tidak ada yang diubah`,
  }),
  'unpin.summary': phrase({
    en: () => 'let retention decide about a backup again',
    id: () => 'serahkan kembali satu backup kepada retensi',
  }),
  'unpin.done': phrase<{ name: string }>({
    en: (f) => `${f.name} is no longer pinned; it is still there, and retention decides from now on`,
    id: (f) => `${f.name} tidak lagi disematkan; masih ada, dan mulai sekarang retensi yang menentukan`,
  }),
  'unpin.would': phrase<{ name: string }>({
    en: (f) => `${f.name} would no longer be pinned; nothing was changed`,
    id: (f) => `${f.name} tidak akan disematkan lagi; tidak ada yang diubah`,
  }),

  'forget-source.summary': phrase({
    en: () => 'say that a database is gone on purpose, so that backups stop missing it',
    id: () => 'nyatakan sebuah database memang dihapus, supaya backup tidak lagi mencarinya',
  }),
  'forget-source.done': phrase<{ path: string }>({
    en: (f) => `backups no longer expect ${f.path}; the earlier backups still hold it`,
    id: (f) => `backup tidak lagi mencari ${f.path}; backup lama tetap menyimpannya`,
  }),
  'forget-source.would': phrase<{ path: string }>({
    en: (f) => `backups would no longer expect ${f.path}; nothing was changed`,
    id: (f) => `backup tidak akan mencari ${f.path} lagi; tidak ada yang diubah`,
  }),
  'forget-source.still-there': phrase<{ path: string }>({
    en: (f) => `${f.path} still exists: while it does, backups go on taking it`,
    id: (f) => `${f.path} masih ada: selama masih ada, backup tetap mengambilnya`,
  }),
}

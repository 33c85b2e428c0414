import { bytes } from '../format.ts'
import { phrase } from '../sentence.ts'

export const vaultPhrases = {
  'vault.summary': phrase({
    en: () => 'off-site copies: deduplicated, encrypted, readable by stock restic',
    id: () => 'salinan di luar mesin: hemat tempat, terenkripsi, bisa dibaca restic biasa',
  }),
  'vault.init.summary': phrase({ en: () => 'found the vault (once)', id: () => 'membuat brankas (sekali saja)' }),
  'vault.sync.summary': phrase({
    en: () => 'save every proven backup the vault does not have yet',
    id: () => 'simpan setiap backup terbukti yang belum ada di brankas',
  }),
  'vault.list.summary': phrase({ en: () => 'what the vault holds', id: () => 'isi brankas' }),
  'vault.check.summary': phrase({
    en: () => 'look at everything in the vault, every stored byte',
    id: () => 'periksa seluruh isi brankas sampai setiap byte',
  }),
  'vault.prune.summary': phrase({
    en: () => 'apply retention to the vault and remove what nothing needs',
    id: () => 'terapkan retensi di brankas dan hapus yang tidak diperlukan',
  }),
  'vault.fetch.summary': phrase({
    en: () => 'bring one copy back as a backup on this machine, proven, so that restore can use it',
    id: () => 'bawa satu salinan kembali sebagai backup di mesin ini, terbukti, agar bisa dipakai restore',
  }),
  'vault.fetch.pin': phrase({ en: () => 'fetched from the vault', id: () => 'diambil dari brankas' }),
  'vault.fetch.done': phrase<{ name: string; state: string }>({
    en: (f) =>
      `${f.name} is back on this machine (${f.state}, pinned); the app was not touched. Next: pulih restore ${f.name}`,
    id: (f) =>
      `${f.name} kembali ada di mesin ini (${f.state}, disematkan); aplikasi tidak tersentuh. Lanjut: pulih restore ${f.name}`,
  }),
  'vault.restore.summary': phrase({
    en: () => 'lay one copy out in a new folder and verify it',
    id: () => 'keluarkan satu salinan ke folder baru dan verifikasi',
  }),
  'vault.key.summary': phrase({ en: () => 'passwords of the vault', id: () => 'kata sandi brankas' }),
  'vault.key.list.summary': phrase({ en: () => 'list them', id: () => 'lihat daftarnya' }),
  'vault.key.add.summary': phrase({ en: () => 'add one more password', id: () => 'tambah satu kata sandi lagi' }),
  'vault.key.remove.summary': phrase({ en: () => 'remove a password', id: () => 'hapus satu kata sandi' }),
  'vault.key.passwd.summary': phrase({
    en: () => 'change the password in use',
    id: () => 'ganti kata sandi yang sedang dipakai',
  }),
  'vault.unlock.summary': phrase({
    en: () => 'remove locks that dead processes left',
    id: () => 'hapus kunci yang ditinggalkan proses mati',
  }),
  'vault.kit.summary': phrase({
    en: () => 'print what is needed to get back in from nothing',
    id: () => 'cetak yang diperlukan untuk masuk lagi dari nol',
  }),
  'vault.option.repository': phrase({
    en: () => "another vault than the configured one, in restic's notation",
    id: () => 'brankas lain dari yang diatur, dengan cara tulis restic',
  }),
  'vault.option.password-file': phrase({
    en: () => 'file that holds the password',
    id: () => 'berkas berisi kata sandi',
  }),
  'vault.option.new-password-file': phrase({
    en: () => 'file that holds the new password',
    id: () => 'berkas berisi kata sandi baru',
  }),
  'vault.option.new-password-env': phrase({
    en: () => 'environment variable that holds the new password',
    id: () => 'variabel environment berisi kata sandi baru',
  }),
  'vault.option.to': phrase({ en: () => 'the new or empty folder', id: () => 'folder baru atau kosong' }),
  'vault.option.part': phrase({
    en: () => 'read one part of the data: 1/7 today, 2/7 tomorrow …',
    id: () => 'baca sebagian data saja: 1/7 hari ini, 2/7 besok …',
  }),
  'vault.option.structure': phrase({
    en: () => 'only the structure, without reading the data',
    id: () => 'hanya susunannya, tanpa membaca data',
  }),
  'vault.option.all-locks': phrase({
    en: () => 'all locks, also of processes that may be alive',
    id: () => 'semua kunci, juga milik proses yang mungkin masih hidup',
  }),
  'vault.option.wait': phrase({
    en: () => 'no lock: read although somebody prunes, or the place is read-only',
    id: () => 'tanpa kunci: baca walau sedang dirapikan, atau tempatnya hanya bisa dibaca',
  }),

  'warning.vault-failed': phrase<{ en: string; id: string }>({
    en: (f) =>
      `the backup is safe on this machine, but not yet in the vault: ${f.en}. Later syncs make up for it; now: pulih vault sync`,
    id: (f) =>
      `backup aman di mesin ini, tetapi belum ada di brankas: ${f.id}. Sinkronisasi berikutnya menyusulkannya; sekarang: pulih vault sync`,
  }),
  'warning.vault-skipped': phrase<{ name: string; en: string; id: string }>({
    en: (f) => `${f.name} could not be copied to the vault: ${f.en}. Look: pulih verify ${f.name}`,
    id: (f) => `${f.name} tidak bisa disalin ke brankas: ${f.id}. Periksa: pulih verify ${f.name}`,
  }),
  'show.vault-copy': phrase<{ repository: string; id: string }>({
    en: (f) => `vault ${f.repository} (snapshot ${f.id})`,
    id: (f) => `brankas ${f.repository} (snapshot ${f.id})`,
  }),
  'log.synced': phrase<{ name: string; id: string }>({
    en: (f) => `☁️ Saved in the vault: ${f.name} (${f.id})`,
    id: (f) => `☁️ Tersimpan di brankas: ${f.name} (${f.id})`,
  }),
  'log.sync-skipped': phrase<{ name: string; reason: string }>({
    en: (f) => `⚠️ Not saved in the vault: ${f.name}: ${f.reason}`,
    id: (f) => `⚠️ Tidak tersimpan di brankas: ${f.name}: ${f.reason}`,
  }),

  'vault.init.done': phrase<{ place: string }>({
    en: (f) =>
      `Founded a vault at ${f.place}. Without its password nobody can open it: print the recovery kit now: pulih vault kit. Then: pulih vault sync`,
    id: (f) =>
      `Brankas dibuat di ${f.place}. Tanpa kata sandinya tidak ada yang bisa membukanya: cetak lembar pemulihan sekarang: pulih vault kit. Lalu: pulih vault sync`,
  }),
  'vault.sync.saved': phrase<{ name: string; id: string; storedBytes: number }>({
    en: (f) => `saved ${f.name} as ${f.id} (${bytes(f.storedBytes, 'en')} new)`,
    id: (f) => `tersimpan ${f.name} sebagai ${f.id} (baru ${bytes(f.storedBytes, 'id')})`,
  }),
  'vault.sync.failed': phrase<{ name: string; reason: string }>({
    en: (f) => `not saved: ${f.name}: ${f.reason}`,
    id: (f) => `tidak tersimpan: ${f.name}: ${f.reason}`,
  }),
  'vault.sync.nothing': phrase<{ count: number }>({
    en: (f) =>
      f.count === 0
        ? 'There is no proven backup to save. Make one: pulih backup'
        : `Nothing new: the vault holds all ${f.count} proven backups. Look: pulih vault list`,
    id: (f) =>
      f.count === 0
        ? 'Belum ada backup terbukti untuk disimpan. Buat dulu: pulih backup'
        : `Tidak ada yang baru: brankas sudah punya ke-${f.count} backup terbukti. Lihat: pulih vault list`,
  }),
  'vault.sync.done': phrase<{ count: number }>({
    en: (f) => `The vault is in step (${f.count} saved now). Check it: pulih vault check`,
    id: (f) => `Brankas sudah selaras (${f.count} disimpan barusan). Periksa: pulih vault check`,
  }),
  'vault.sync.some': phrase<{ failed: number }>({
    en: (f) => `${f.failed} could not be saved; the others are safe. See why: pulih verify --all`,
    id: (f) => `${f.failed} tidak bisa disimpan; yang lain aman. Lihat sebabnya: pulih verify --all`,
  }),
  'vault.list.empty': phrase({
    en: () => 'The vault is empty. Fill it: pulih vault sync',
    id: () => 'Brankas masih kosong. Isi: pulih vault sync',
  }),
  'vault.list.head': phrase({ en: () => 'ID|TIME|HOST|NAME|SIZE', id: () => 'ID|WAKTU|HOST|NAMA|UKURAN' }),
  'vault.list.next': phrase({
    en: () => 'Get one back: pulih vault restore ID --to DIR',
    id: () => 'Ambil salah satu: pulih vault restore ID --to DIR',
  }),
  'vault.check.whole': phrase<{ snapshots: number; packs: number; readBytes: number }>({
    en: (f) =>
      `The vault is whole: ${f.snapshots} snapshots, ${f.packs} packs, ${bytes(f.readBytes, 'en')} read and compared.`,
    id: (f) =>
      `Brankas utuh: ${f.snapshots} snapshot, ${f.packs} paket, ${bytes(f.readBytes, 'id')} dibaca dan dicocokkan.`,
  }),
  'vault.check.damaged': phrase<{ count: number }>({
    en: (f) =>
      `The vault is damaged: ${f.count} problems. The backups on this machine are untouched; keep them, and do not prune. Other snapshots may still be whole: pulih vault restore ID --to DIR`,
    id: (f) =>
      `Brankas rusak: ${f.count} masalah. Backup di mesin ini tetap utuh; simpan, dan jangan dirapikan dulu. Snapshot lain mungkin masih utuh: pulih vault restore ID --to DIR`,
  }),
  'vault.check.hints': phrase<{ count: number }>({
    en: (f) => `${f.count} harmless leftovers of interrupted runs; remove them: pulih vault prune`,
    id: (f) => `${f.count} sisa proses terputus yang tidak berbahaya; bersihkan: pulih vault prune`,
  }),
  'vault.problem.snapshot-damaged': phrase<{ file: string; detail: string }>({
    en: (f) => `snapshot damaged: ${f.file}: ${f.detail}`,
    id: (f) => `snapshot rusak: ${f.file}: ${f.detail}`,
  }),
  'vault.problem.index-damaged': phrase<{ file: string; detail: string }>({
    en: (f) => `index damaged: ${f.file}: ${f.detail}`,
    id: (f) => `indeks rusak: ${f.file}: ${f.detail}`,
  }),
  'vault.problem.pack-missing': phrase<{ file: string; detail: string }>({
    en: (f) => `pack missing: ${f.file} (${f.detail})`,
    id: (f) => `paket hilang: ${f.file} (${f.detail})`,
  }),
  'vault.problem.pack-size': phrase<{ file: string; detail: string }>({
    en: (f) => `pack of the wrong size: ${f.file}: ${f.detail}`,
    id: (f) => `ukuran paket salah: ${f.file}: ${f.detail}`,
  }),
  'vault.problem.pack-damaged': phrase<{ file: string; detail: string }>({
    en: (f) => `pack damaged: ${f.file}: ${f.detail}`,
    id: (f) => `paket rusak: ${f.file}: ${f.detail}`,
  }),
  'vault.problem.tree-damaged': phrase<{ file: string; detail: string }>({
    en: (f) => `folder list damaged: ${f.file}: ${f.detail}`,
    id: (f) => `daftar folder rusak: ${f.file}: ${f.detail}`,
  }),
  'vault.problem.blob-missing': phrase<{ file: string; detail: string }>({
    en: (f) => `a piece is missing: ${f.file}: ${f.detail}`,
    id: (f) => `satu potongan hilang: ${f.file}: ${f.detail}`,
  }),
  'vault.prune.plan': phrase<{ forget: number; packs: number; repack: number; freedBytes: number }>({
    en: (f) =>
      `would forget ${f.forget} snapshots, remove ${f.packs} packs, rewrite ${f.repack}, and free ${bytes(f.freedBytes, 'en')}`,
    id: (f) =>
      `akan melupakan ${f.forget} snapshot, menghapus ${f.packs} paket, menulis ulang ${f.repack}, dan membebaskan ${bytes(f.freedBytes, 'id')}`,
  }),
  'vault.prune.done': phrase<{ forget: number; kept: number; freedBytes: number }>({
    en: (f) =>
      `Forgot ${f.forget} snapshots, ${f.kept} stay; ${bytes(f.freedBytes, 'en')} freed. Check the vault: pulih vault check`,
    id: (f) =>
      `${f.forget} snapshot dilupakan, ${f.kept} tetap ada; ${bytes(f.freedBytes, 'id')} dibebaskan. Periksa: pulih vault check`,
  }),
  'vault.prune.ask': phrase({ en: () => 'Do it?', id: () => 'Lakukan?' }),
  'vault.prune.declined': phrase({
    en: () => 'Nothing was changed. Do it later: pulih vault prune',
    id: () => 'Tidak ada yang diubah. Nanti saja: pulih vault prune',
  }),
  'vault.restore.done': phrase<{ name: string; files: number; to: string; verified: boolean }>({
    en: (f) =>
      f.verified
        ? `Recovered ${f.name}: ${f.files} files in ${f.to}, every one compared with its manifest, databases checked.`
        : `Recovered ${f.name}: ${f.files} files in ${f.to}, every piece compared. It is not one of pulih's backups: check its databases.`,
    id: (f) =>
      f.verified
        ? `${f.name} dipulihkan: ${f.files} berkas di ${f.to}, semuanya dicocokkan dengan manifes, database diperiksa.`
        : `${f.name} dipulihkan: ${f.files} berkas di ${f.to}, setiap potongan dicocokkan. Ini bukan backup buatan pulih: periksa databasenya.`,
  }),
  'vault.restore.skipped': phrase<{ path: string }>({
    en: (f) => `not laid out (pipe, socket or device): ${f.path}`,
    id: (f) => `tidak dikeluarkan (pipe, socket, atau perangkat): ${f.path}`,
  }),
  'vault.restore.unlisted': phrase<{ path: string }>({
    en: (f) => `not laid out, because the manifest does not name it: ${f.path}`,
    id: (f) => `tidak dikeluarkan karena tidak tercatat di manifes: ${f.path}`,
  }),
  'vault.key.added': phrase<{ id: string }>({
    en: (f) => `Added a password (key ${f.id}). See all: pulih vault key list`,
    id: (f) => `Kata sandi ditambahkan (kunci ${f.id}). Lihat semua: pulih vault key list`,
  }),
  'vault.key.removed': phrase<{ id: string }>({
    en: (f) =>
      `Removed key ${f.id}. Whoever knew that password may have kept the master key: if that matters, found a new vault.`,
    id: (f) =>
      `Kunci ${f.id} dihapus. Yang tahu kata sandi itu mungkin masih menyimpan kunci induk: kalau itu penting, buat brankas baru.`,
  }),
  'vault.key.changed': phrase<{ id: string }>({
    en: (f) => `Changed the password (now key ${f.id}). Put the new one where vault.password points, and into the kit.`,
    id: (f) =>
      `Kata sandi diganti (sekarang kunci ${f.id}). Pasang yang baru di tempat vault.password, dan di lembar pemulihan.`,
  }),
  'vault.key.head': phrase({ en: () => '|KEY|MADE|USER|HOST', id: () => '|KUNCI|DIBUAT|PENGGUNA|HOST' }),
  'vault.key.ask': phrase({
    en: () => 'New password of the vault (it shows while you type): ',
    id: () => 'Kata sandi baru brankas (terlihat saat diketik): ',
  }),
  'vault.unlock.done': phrase<{ removed: number; left: number }>({
    en: (f) =>
      f.left === 0
        ? `Removed ${f.removed} locks; the vault is free.`
        : `Removed ${f.removed} locks; ${f.left} stay, because their processes may be alive. If not: pulih vault unlock --all`,
    id: (f) =>
      f.left === 0
        ? `${f.removed} kunci dihapus; brankas bebas.`
        : `${f.removed} kunci dihapus; ${f.left} tetap, karena prosesnya mungkin masih hidup. Kalau tidak: pulih vault unlock --all`,
  }),
}

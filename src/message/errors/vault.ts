import { failure } from '../sentence.ts'

const again = 'the backups on this machine are untouched; try again, or look further: pulih doctor'
const ulang = 'backup di mesin ini tetap utuh; coba lagi, atau periksa: pulih doctor'

export const vaultErrors = {
  'backend.notation': failure<{ notation: string; detail: string }>(2, {
    en: (f) => [
      `the repository "${f.notation}" is not understood: ${f.detail}`,
      'write vault.repository as /path, sftp:user@host:/path, rest:https://host/, s3:https://host/bucket/prefix or rclone:remote:path',
    ],
    id: (f) => [
      `penyimpanan "${f.notation}" tidak dikenali: ${f.detail}`,
      'tulis vault.repository sebagai /path, sftp:user@host:/path, rest:https://host/, s3:https://host/bucket/prefix atau rclone:remote:path',
    ],
  }),
  'backend.credentials': failure<{ place: string; detail: string }>(2, {
    en: (f) => [`no way to sign in at ${f.place}: ${f.detail}`, 'set it in the environment or in vault.env'],
    id: (f) => [`tidak ada cara masuk ke ${f.place}: ${f.detail}`, 'isi lewat environment atau vault.env'],
  }),
  'backend.program': failure<{ program: string; reason: string }>(2, {
    en: (f) => [`${f.program} cannot be started: ${f.reason}`, `install it: apt-get install ${f.program}`],
    id: (f) => [`${f.program} tidak bisa dijalankan: ${f.reason}`, `pasang dulu: apt-get install ${f.program}`],
  }),
  'backend.unreachable': failure<{ place: string; reason: string }>(1, {
    en: (f) => [`${f.place} cannot be reached: ${f.reason}`, again],
    id: (f) => [`${f.place} tidak bisa dihubungi: ${f.reason}`, ulang],
  }),
  'backend.failed': failure<{ place: string; act: string; reason: string }>(1, {
    en: (f) => [`${f.place} could not ${f.act}: ${f.reason}`, again],
    id: (f) => [`${f.place} gagal (${f.act}): ${f.reason}`, ulang],
  }),
  'backend.unkept': failure<{ place: string; name: string; detail: string }>(1, {
    en: (f) => [
      `${f.place} said it had stored ${f.name}, but it had not: ${f.detail}`,
      'nothing unfinished counts as a copy; check that place, then: pulih vault sync',
    ],
    id: (f) => [
      `${f.place} mengaku sudah menyimpan ${f.name}, padahal belum: ${f.detail}`,
      'yang belum selesai tidak dihitung sebagai salinan; periksa tempat itu, lalu: pulih vault sync',
    ],
  }),
  'backend.denied': failure<{ place: string; act: string; reason: string }>(1, {
    en: (f) => [
      `${f.place} does not allow to ${f.act}: ${f.reason}`,
      'check the account, its rights and the password there',
    ],
    id: (f) => [`${f.place} menolak (${f.act}): ${f.reason}`, 'periksa akun, hak akses, dan kata sandinya di sana'],
  }),
  'backend.missing': failure<{ place: string; name: string }>(1, {
    en: (f) => [`${f.name} is not at ${f.place}`, 'see what is damaged: pulih vault check'],
    id: (f) => [`${f.name} tidak ada di ${f.place}`, 'lihat yang rusak: pulih vault check'],
  }),
  'backend.short': failure<{ place: string; name: string; hasBytes: number; wantsBytes: number }>(1, {
    en: (f) => [
      `${f.name} at ${f.place} is cut off: ${f.hasBytes} bytes, wanted up to ${f.wantsBytes}`,
      'see everything that is damaged: pulih vault check',
    ],
    id: (f) => [
      `${f.name} di ${f.place} terpotong: ${f.hasBytes} byte, diminta sampai ${f.wantsBytes}`,
      'lihat semua yang rusak: pulih vault check',
    ],
  }),
  'backend.exists': failure<{ place: string; name: string }>(1, {
    en: (f) => [`${f.name} is already there at ${f.place}`, 'nothing was changed; use it as it is: pulih vault sync'],
    id: (f) => [`${f.name} sudah ada di ${f.place}`, 'tidak ada yang diubah; pakai saja: pulih vault sync'],
  }),
  'backend.full': failure<{ place: string; reason: string }>(1, {
    en: (f) => [
      `no space left at ${f.place}: ${f.reason}`,
      'earlier copies there are untouched; make room: pulih vault prune',
    ],
    id: (f) => [`ruang di ${f.place} habis: ${f.reason}`, 'salinan lama di sana utuh; kosongkan: pulih vault prune'],
  }),
  'backend.host-key': failure<{ host: string; fingerprint: string; state: 'unknown' | 'changed' | 'revoked' }>(1, {
    en: (f) => [
      f.state === 'unknown'
        ? `the SSH host ${f.host} is not known here (its key: ${f.fingerprint}); nothing was sent`
        : `the SSH host ${f.host} shows another key than the one known here (${f.state}, now ${f.fingerprint}); nothing was sent`,
      `compare the key with the server's own, then: ssh-keyscan ${f.host} >> ~/.ssh/known_hosts`,
    ],
    id: (f) => [
      f.state === 'unknown'
        ? `host SSH ${f.host} belum dikenal di sini (kuncinya: ${f.fingerprint}); tidak ada yang dikirim`
        : `host SSH ${f.host} memakai kunci yang berbeda dari yang dikenal (${f.state}, sekarang ${f.fingerprint}); tidak ada yang dikirim`,
      `cocokkan kunci itu dengan milik servernya, lalu: ssh-keyscan ${f.host} >> ~/.ssh/known_hosts`,
    ],
  }),
  'backend.bucket': failure<{ bucket: string; place: string; reason: string }>(1, {
    en: (f) => [
      `the bucket ${f.bucket} cannot be used at ${f.place}: ${f.reason}`,
      'check its name, region and owner in vault.repository, or make it: pulih vault init',
    ],
    id: (f) => [
      `bucket ${f.bucket} tidak bisa dipakai di ${f.place}: ${f.reason}`,
      'periksa nama, region, dan pemiliknya di vault.repository, atau buat: pulih vault init',
    ],
  }),
  'backend.clock': failure<{ place: string; skewSeconds: number | null }>(1, {
    en: (f) => [
      `${f.place} refuses because the clocks differ${f.skewSeconds === null ? '' : ` by ${f.skewSeconds} s`}`,
      "set this machine's clock right: timedatectl set-ntp true",
    ],
    id: (f) => [
      `${f.place} menolak karena jam berbeda${f.skewSeconds === null ? '' : ` ${f.skewSeconds} detik`}`,
      'betulkan jam mesin ini: timedatectl set-ntp true',
    ],
  }),
  'vault.not-configured': failure(2, {
    en: () => [
      'no vault is configured',
      'add "vault": {"repository": "/path or s3:…", "password": {"env": "PULIH_VAULT_PASSWORD"}} to config/backup_config.json',
    ],
    id: () => [
      'brankas belum diatur',
      'tambahkan "vault": {"repository": "/path atau s3:…", "password": {"env": "PULIH_VAULT_PASSWORD"}} ke config/backup_config.json',
    ],
  }),
  'vault.password-missing': failure<{ detail: string }>(2, {
    en: (f) => [`the vault needs a password: ${f.detail}`, 'give it by environment or file, never on the command line'],
    id: (f) => [
      `brankas perlu kata sandi: ${f.detail}`,
      'berikan lewat environment atau berkas, jangan di baris perintah',
    ],
  }),
  'vault.absent': failure<{ place: string }>(1, {
    en: (f) => [`there is no vault at ${f.place}`, 'if this is the right place, make one: pulih vault init'],
    id: (f) => [`tidak ada brankas di ${f.place}`, 'kalau tempatnya sudah benar, buat dulu: pulih vault init'],
  }),
  'vault.exists': failure<{ place: string }>(1, {
    en: (f) => [`there is already a vault at ${f.place}; nothing was changed`, 'use it: pulih vault sync'],
    id: (f) => [`sudah ada brankas di ${f.place}; tidak ada yang diubah`, 'langsung pakai: pulih vault sync'],
  }),
  'vault.password': failure<{ place: string }>(1, {
    en: (f) => [
      `the password does not open the vault at ${f.place}; nothing was changed`,
      'check vault.password and the recovery kit: pulih vault kit',
    ],
    id: (f) => [
      `kata sandi tidak membuka brankas di ${f.place}; tidak ada yang diubah`,
      'periksa vault.password dan lembar pemulihan: pulih vault kit',
    ],
  }),
  'vault.damaged': failure<{ file: string; detail: string }>(1, {
    en: (f) => [
      `the vault is damaged: ${f.file}: ${f.detail}`,
      'see everything that is wrong, and what is still whole: pulih vault check',
    ],
    id: (f) => [
      `brankas rusak: ${f.file}: ${f.detail}`,
      'lihat semua yang rusak dan yang masih utuh: pulih vault check',
    ],
  }),
  'vault.busy': failure<{ host: string; pid: number; since: string; exclusive: boolean }>(5, {
    en: (f) => [
      `the vault is locked${f.exclusive ? ' for removal' : ''} by process ${f.pid} on ${f.host} since ${f.since}; nothing was changed`,
      'wait for it; if that process is certainly dead: pulih vault unlock',
    ],
    id: (f) => [
      `brankas dikunci${f.exclusive ? ' untuk penghapusan' : ''} oleh proses ${f.pid} di ${f.host} sejak ${f.since}; tidak ada yang diubah`,
      'tunggu sampai selesai; kalau proses itu pasti sudah mati: pulih vault unlock',
    ],
  }),
  'vault.lock-unreadable': failure<{ name: string; detail: string }>(5, {
    en: (f) => [
      `a lock in the vault cannot be read (${f.name.slice(0, 8)}: ${f.detail}), so somebody may be working there`,
      'if nobody is: pulih vault unlock --all',
    ],
    id: (f) => [
      `kunci di brankas tidak terbaca (${f.name.slice(0, 8)}: ${f.detail}), mungkin ada yang sedang bekerja`,
      'kalau tidak ada siapa pun: pulih vault unlock --all',
    ],
  }),
  'vault.lock-lost': failure(1, {
    en: () => [
      'the lock on the vault could not be refreshed or was removed by somebody; stopped before touching more',
      'what was finished is kept; run the same command again',
    ],
    id: () => [
      'kunci di brankas gagal diperbarui atau dihapus pihak lain; berhenti sebelum menyentuh apa pun lagi',
      'yang sudah selesai tetap tersimpan; jalankan perintah yang sama lagi',
    ],
  }),
  'vault.snapshot-unknown': failure<{ id: string }>(1, {
    en: (f) => [`the vault has no snapshot ${f.id}`, 'see all: pulih vault list'],
    id: (f) => [`brankas tidak punya snapshot ${f.id}`, 'lihat semua: pulih vault list'],
  }),
  'vault.not-ours': failure<{ id: string }>(1, {
    en: (f) => [
      `snapshot ${f.id} was not made by pulih, so it cannot become a backup here`,
      `lay its files out in a folder: pulih vault restore ${f.id} --to DIR`,
    ],
    id: (f) => [
      `snapshot ${f.id} bukan buatan pulih, jadi tidak bisa menjadi backup di sini`,
      `keluarkan berkasnya ke folder: pulih vault restore ${f.id} --to DIR`,
    ],
  }),
  'vault.snapshot-ambiguous': failure<{ id: string; count: number }>(2, {
    en: (f) => [`${f.count} snapshots begin with ${f.id}`, 'write more of the id: pulih vault list'],
    id: (f) => [`${f.count} snapshot berawalan ${f.id}`, 'tulis id lebih lengkap: pulih vault list'],
  }),
  'vault.target': failure<{ path: string; detail: string }>(1, {
    en: (f) => [
      `${f.path} cannot be the target: ${f.detail}; nothing was written`,
      'name an empty or new folder with --to',
    ],
    id: (f) => [
      `${f.path} tidak bisa jadi tujuan: ${f.detail}; tidak ada yang ditulis`,
      'sebut folder kosong atau baru dengan --to',
    ],
  }),
  'vault.unsafe': failure<{ name: string; detail: string }>(1, {
    en: (f) => [
      `the snapshot holds an entry that must not be laid out: ${f.name}: ${f.detail}; nothing was written`,
      'do not trust this vault until you know who wrote that; choose another snapshot: pulih vault list',
    ],
    id: (f) => [
      `snapshot berisi entri yang tidak boleh dipulihkan: ${f.name}: ${f.detail}; tidak ada yang ditulis`,
      'jangan percaya brankas ini sampai jelas siapa penulisnya; pilih snapshot lain: pulih vault list',
    ],
  }),
  'vault.recovered': failure<{ path: string; detail: string }>(1, {
    en: (f) => [
      `what was recovered is not what was backed up: ${f.path}: ${f.detail}`,
      'do not use the recovered folder; choose another snapshot: pulih vault list',
    ],
    id: (f) => [
      `hasil pemulihan berbeda dari yang dibackup: ${f.path}: ${f.detail}`,
      'jangan pakai folder hasilnya; pilih snapshot lain: pulih vault list',
    ],
  }),
  'vault.prune-refused': failure<{ detail: string }>(1, {
    en: (f) => [
      `not pruned, because the vault is not whole: ${f.detail}; nothing was changed`,
      'see everything that is wrong: pulih vault check',
    ],
    id: (f) => [
      `tidak dirapikan karena brankas tidak utuh: ${f.detail}; tidak ada yang diubah`,
      'lihat semua yang rusak: pulih vault check',
    ],
  }),
  'vault.key-unknown': failure<{ id: string; count: number }>(1, {
    en: (f) => [
      f.count === 0 ? `the vault has no key ${f.id}` : `${f.count} keys begin with ${f.id}`,
      'see all: pulih vault key list',
    ],
    id: (f) => [
      f.count === 0 ? `brankas tidak punya kunci ${f.id}` : `${f.count} kunci berawalan ${f.id}`,
      'lihat semua: pulih vault key list',
    ],
  }),
  'vault.key-in-use': failure<{ id: string }>(1, {
    en: (f) => [
      `key ${f.id} is the one that opened the vault just now and stays`,
      'change its password instead: pulih vault key passwd',
    ],
    id: (f) => [
      `kunci ${f.id} baru saja dipakai membuka brankas, jadi tidak dihapus`,
      'ganti saja kata sandinya: pulih vault key passwd',
    ],
  }),
}

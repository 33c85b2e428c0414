import { bytes, duration, number } from '../format.ts'
import { phrase } from '../sentence.ts'

export const restorePhrases = {
  'restore.warn.no-safety': phrase<{ reason: string }>({
    en: (f) =>
      `no safety snapshot can be made of the present state (${f.reason}); its exact files are kept instead, and restore --undo brings them back`,
    id: (f) =>
      `keadaan sekarang tidak bisa dibackup dulu (${f.reason}); berkas aslinya tetap disimpan utuh, dan restore --undo mengembalikannya`,
  }),
  'restore.warn.not-compared': phrase<{ path: string; reason: string }>({
    en: (f) => `how many rows ${f.path} would lose is not known (${f.reason})`,
    id: (f) => `jumlah baris yang hilang dari ${f.path} tidak diketahui (${f.reason})`,
  }),
  'restore.warn.table-damaged': phrase<{ path: string; table: string; detail: string }>({
    en: (f) => `table ${f.table} of ${f.path} is damaged now, so its loss is not known (${f.detail})`,
    id: (f) => `tabel ${f.table} di ${f.path} sedang rusak, jadi kerugiannya tidak diketahui (${f.detail})`,
  }),
  'restore.warn.unproven': phrase<{ name: string }>({
    en: (f) => `${f.name} is not proven yet; it is checked in full while it is recovered`,
    id: (f) => `${f.name} belum terbukti; diperiksa penuh selagi dipulihkan`,
  }),
  'restore.warn.legacy': phrase<{ name: string }>({
    en: (f) => `${f.name} was made by the predecessor and has no hashes; its databases are checked in full by SQLite`,
    id: (f) => `${f.name} dibuat oleh versi lama dan tidak punya hash; databasenya diperiksa penuh oleh SQLite`,
  }),
  'restore.warn.unlisted': phrase<{ path: string }>({
    en: (f) => `${f.path} is in the archive but not in its manifest; it is not restored`,
    id: (f) => `${f.path} ada di arsip tetapi tidak di manifest; tidak dipulihkan`,
  }),
  'restore.warn.owner': phrase<{ path: string; owner: number }>({
    en: (f) =>
      `${f.path} belongs to user ${f.owner}; restored by you it will belong to you: make sure the app may still use it, or run pulih as that user`,
    id: (f) =>
      `${f.path} milik pengguna ${f.owner}; bila Anda yang memulihkan, ia jadi milik Anda: pastikan aplikasi tetap bisa memakainya, atau jalankan pulih sebagai pengguna itu`,
  }),
  'restore.warn.blind': phrase({
    en: () => 'this system does not tell who has a file open: make sure yourself that the app is stopped',
    id: () => 'sistem ini tidak memberi tahu siapa yang memakai berkas: pastikan sendiri aplikasi sudah berhenti',
  }),
  'restore.warn.held': phrase<{ path: string; pid: number; command: string; stop: string | null }>({
    en: (f) =>
      `process ${f.pid} (${f.command}) has ${f.path} open${f.stop === null ? '; the recovery is refused until it is stopped' : `; it is stopped first: ${f.stop}`}`,
    id: (f) =>
      `proses ${f.pid} (${f.command}) sedang memakai ${f.path}${f.stop === null ? '; pemulihan ditolak sampai proses itu berhenti' : `; dihentikan dulu: ${f.stop}`}`,
  }),
  'restore.warn.unfinished': phrase<{ id: string }>({
    en: (f) => `an earlier recovery (${f.id}) was cut off; it is settled first`,
    id: (f) => `pemulihan sebelumnya (${f.id}) terputus; itu dibereskan dulu`,
  }),
  'restore.warn.not-started': phrase<{ command: string; how: string; log: string }>({
    en: (f) => `the app did not start again: "${f.command}" ${f.how}; its output is in ${f.log}`,
    id: (f) => `aplikasi belum jalan lagi: "${f.command}" ${f.how}; keluarannya ada di ${f.log}`,
  }),
  'restore.warn.no-start': phrase<{ command: string }>({
    en: (f) => `app.start is not set, so the app stays stopped after "${f.command}": start it yourself`,
    id: (f) => `app.start belum diisi, jadi aplikasi tetap berhenti setelah "${f.command}": jalankan sendiri`,
  }),

  'restore.step.stop': phrase<{ command: string }>({
    en: (f) => `stop the app: ${f.command}`,
    id: (f) => `hentikan aplikasi: ${f.command}`,
  }),
  'restore.step.fetch': phrase<{ from: string }>({
    en: (f) => `recover from ${f.from} and check it beside the app`,
    id: (f) => `pulihkan dari ${f.from} dan periksa di samping aplikasi`,
  }),
  'restore.step.safety': phrase({
    en: () => 'take a safety snapshot of the present state',
    id: () => 'buat snapshot pengaman dari keadaan sekarang',
  }),
  'restore.step.swap': phrase<{ count: number }>({
    en: (f) =>
      `move ${f.count} old ${f.count === 1 ? 'path' : 'paths'} aside (nothing is deleted) and put the new ones in`,
    id: (f) => `sisihkan ${f.count} jalur lama (tidak ada yang dihapus) lalu pasang yang baru`,
  }),
  'restore.step.check': phrase({
    en: () => 'check the result in its place; on any failure everything goes back',
    id: () => 'periksa hasilnya di tempat; bila ada yang gagal, semua dikembalikan',
  }),
  'restore.step.start': phrase<{ command: string }>({
    en: (f) => `start the app again: ${f.command}`,
    id: (f) => `jalankan aplikasi lagi: ${f.command}`,
  }),
  'restore.step.lay-out': phrase<{ target: string }>({
    en: (f) => `recover everything to ${f.target}, checked before it gets its name`,
    id: (f) => `pulihkan semuanya ke ${f.target}, diperiksa sebelum diberi nama`,
  }),

  'restore.plan.title': phrase<{ from: string; target: string }>({
    en: (f) => `Plan: bring ${f.target} back to ${f.from}`,
    id: (f) => `Rencana: kembalikan ${f.target} ke ${f.from}`,
  }),
  'restore.plan.lay-out': phrase<{ from: string; target: string }>({
    en: (f) => `Plan: lay out ${f.from} in ${f.target}`,
    id: (f) => `Rencana: bentangkan ${f.from} di ${f.target}`,
  }),
  'restore.plan.undo': phrase<{ target: string; from: string }>({
    en: (f) => `Plan: undo ${f.from}: bring ${f.target} back to what it was before`,
    id: (f) => `Rencana: batalkan ${f.from}: kembalikan ${f.target} ke keadaan sebelumnya`,
  }),
  'restore.plan.create': phrase<{ path: string; bytes: number }>({
    en: (f) => `new       ${f.path} (${bytes(f.bytes, 'en')})`,
    id: (f) => `baru      ${f.path} (${bytes(f.bytes, 'id')})`,
  }),
  'restore.plan.replace': phrase<{ path: string; bytes: number; was: number }>({
    en: (f) => `replaced  ${f.path} (${bytes(f.was, 'en')} -> ${bytes(f.bytes, 'en')})`,
    id: (f) => `diganti   ${f.path} (${bytes(f.was, 'id')} -> ${bytes(f.bytes, 'id')})`,
  }),
  'restore.plan.remove': phrase<{ path: string }>({
    en: (f) => `set aside ${f.path}`,
    id: (f) => `disisihkan ${f.path}`,
  }),
  'restore.plan.rest': phrase<{ same: number; leave: number }>({
    en: (f) => `${f.same} already the same; ${f.leave} not in the backup stay as they are`,
    id: (f) => `${f.same} sudah sama; ${f.leave} yang tidak ada di backup tetap seperti adanya`,
  }),
  'restore.plan.more': phrase<{ count: number }>({
    en: (f) => `and ${f.count} more files`,
    id: (f) => `dan ${f.count} berkas lagi`,
  }),
  'restore.plan.more-tables': phrase<{ count: number }>({
    en: (f) => `and ${f.count} more tables`,
    id: (f) => `dan ${f.count} tabel lagi`,
  }),
  'restore.plan.minutes': phrase<{ minutes: number | null; undo: boolean }>({
    en: (f) =>
      f.minutes === null
        ? 'Lost: it is not known since when'
        : `Lost: what happened in the ${f.minutes < 120 ? `${number(f.minutes, 'en', 1)} minutes` : duration(f.minutes * 60_000, 'en')} since ${f.undo ? 'then' : 'that backup'}`,
    id: (f) =>
      f.minutes === null
        ? 'Hilang: tidak diketahui sejak kapan'
        : `Hilang: yang terjadi ${f.minutes < 120 ? `${number(f.minutes, 'id', 1)} menit` : duration(f.minutes * 60_000, 'id')} sejak ${f.undo ? 'saat itu' : 'backup itu'}`,
  }),
  'restore.plan.rows': phrase<{ table: string; lost: number | null; changed: number | null; back: number | null }>({
    en: (f) =>
      `${f.table}: ${f.lost === null ? 'unknown' : number(f.lost, 'en')} rows lost, ${f.changed === null ? 'unknown' : number(f.changed, 'en')} changed back, ${f.back === null ? 'unknown' : number(f.back, 'en')} returned`,
    id: (f) =>
      `${f.table}: ${f.lost === null ? 'tak diketahui' : number(f.lost, 'id')} baris hilang, ${f.changed === null ? 'tak diketahui' : number(f.changed, 'id')} kembali ke nilai lama, ${f.back === null ? 'tak diketahui' : number(f.back, 'id')} kembali ada`,
  }),
  'restore.plan.no-rows': phrase({
    en: () => 'no row differs',
    id: () => 'tidak ada baris yang berbeda',
  }),
  'restore.plan.nothing': phrase<{ target: string; from: string }>({
    en: (f) => `${f.target} is already as in ${f.from}; nothing needs to change`,
    id: (f) => `${f.target} sudah sama dengan ${f.from}; tidak perlu diubah`,
  }),
  'restore.plan.dry': phrase({
    en: () => 'Nothing was changed: this was only the plan.',
    id: () => 'Tidak ada yang diubah: ini baru rencana.',
  }),
  'restore.ask': phrase<{ target: string }>({
    en: (f) => `Restore ${f.target} by this plan?`,
    id: (f) => `Pulihkan ${f.target} menurut rencana ini?`,
  }),

  'restore.done': phrase<{ from: string; target: string; count: number }>({
    en: (f) => `✅ ${f.target} is restored from ${f.from}: ${f.count} ${f.count === 1 ? 'path' : 'paths'}, checked`,
    id: (f) => `✅ ${f.target} dipulihkan dari ${f.from}: ${f.count} jalur, sudah diperiksa`,
  }),
  'restore.laid-out': phrase<{ from: string; target: string; count: number }>({
    en: (f) => `✅ ${f.from} is laid out in ${f.target}: ${f.count} ${f.count === 1 ? 'path' : 'paths'}, checked`,
    id: (f) => `✅ ${f.from} dibentangkan di ${f.target}: ${f.count} jalur, sudah diperiksa`,
  }),
  'restore.undone': phrase<{ id: string; count: number }>({
    en: (f) => `✅ ${f.id} is undone: ${f.count} ${f.count === 1 ? 'path is' : 'paths are'} as before`,
    id: (f) => `✅ ${f.id} dibatalkan: ${f.count} jalur kembali seperti sebelumnya`,
  }),
  'restore.settled': phrase<{ id: string; done: boolean }>({
    en: (f) =>
      f.done
        ? `an earlier recovery (${f.id}) had been cut off at its very end; it is finished now`
        : `an earlier recovery (${f.id}) had been cut off; the state before it is back`,
    id: (f) =>
      f.done
        ? `pemulihan sebelumnya (${f.id}) terputus tepat di akhir; sekarang sudah selesai`
        : `pemulihan sebelumnya (${f.id}) terputus; keadaan sebelum itu sudah dikembalikan`,
  }),
  'restore.kept': phrase<{ safety: string | null; quarantine: string }>({
    en: (f) =>
      `the state before is kept: ${f.safety === null ? '' : `snapshot ${f.safety}, and `}its exact files in ${f.quarantine}`,
    id: (f) =>
      `keadaan sebelumnya disimpan: ${f.safety === null ? '' : `snapshot ${f.safety}, dan `}berkas aslinya di ${f.quarantine}`,
  }),
  'restore.started': phrase({
    en: () => 'the app was stopped and is running again',
    id: () => 'aplikasi tadi dihentikan dan sudah jalan lagi',
  }),
  'restore.undo-hint': phrase({
    en: () => 'to undo this: pulih restore --undo',
    id: () => 'untuk membatalkan: pulih restore --undo',
  }),
  'log.restore-done': phrase<{ from: string; count: number }>({
    en: (f) => `✅ Restored: ${f.from} (${f.count} paths)`,
    id: (f) => `✅ Pemulihan berhasil: ${f.from} (${f.count} jalur)`,
  }),
  'log.restore-failed': phrase<{ reason: string }>({
    en: (f) => `❌ Restore failed: ${f.reason}`,
    id: (f) => `❌ Pemulihan gagal: ${f.reason}`,
  }),

  'restore.summary': phrase({
    en: () => 'bring the app, or a folder, back to a backup; --undo takes the last one back',
    id: () => 'kembalikan aplikasi, atau sebuah folder, ke suatu backup; --undo membatalkan yang terakhir',
  }),
  'restore.option.to': phrase({
    en: () => 'lay it out in this folder instead of into the app',
    id: () => 'bentangkan di folder ini, bukan ke dalam aplikasi',
  }),
  'restore.option.into': phrase({
    en: () => 'the folder of --to may hold other files; none of them is overwritten',
    id: () => 'folder --to boleh sudah berisi berkas lain; tidak ada yang ditimpa',
  }),
  'restore.option.only': phrase({
    en: () => 'only this database, file or folder; may be given several times',
    id: () => 'hanya database, berkas atau folder ini; boleh diulang',
  }),
  'restore.option.at': phrase({
    en: () => 'the newest proven backup from this time or before: "2025-08-02 12:00"',
    id: () => 'backup terbukti terbaru dari waktu ini atau sebelumnya: "2025-08-02 12:00"',
  }),
  'restore.option.undo': phrase({
    en: () => 'undo the last restore (or the last undo)',
    id: () => 'batalkan pemulihan terakhir (atau pembatalan terakhir)',
  }),
  'restore.option.wait': phrase({
    en: () => 'how long to wait for another run to end',
    id: () => 'berapa lama menunggu proses lain selesai',
  }),
}

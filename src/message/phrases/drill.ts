import { phrase } from '../sentence.ts'

export const drillPhrases = {
  'drill.summary': phrase({
    en: () => 'recover a backup into scratch space as after a disaster, test it, measure it, throw it away',
    id: () => 'pulihkan backup ke ruang sementara seperti setelah bencana, uji, ukur, lalu buang',
  }),
  'drill.option.full': phrase({
    en: () => 'also start the app itself (app.start) against the recovered copy for a moment',
    id: () => 'jalankan juga aplikasinya (app.start) dengan salinan yang dipulihkan, sebentar',
  }),
  'drill.option.from': phrase({
    en: () => 'recover from the off-site vault alone instead of an archive: --from vault',
    id: () => 'pulihkan hanya dari brankas, bukan dari arsip: --from vault',
  }),
  'drill.phase.fetch': phrase({ en: () => 'fetch from the vault', id: () => 'ambil dari brankas' }),
  'drill.option.older': phrase({
    en: () => 'a random older backup instead of the newest',
    id: () => 'backup lama yang dipilih acak, bukan yang terbaru',
  }),
  'rehearse.summary': phrase({
    en: () => 'a drill that also starts the app against the recovered copy (drill --full)',
    id: () => 'gladi yang juga menjalankan aplikasi dengan salinan hasil pemulihan (drill --full)',
  }),
  'drill.passed': phrase<{ name: string; spent: string }>({
    en: (f) => `✅ ${f.name} was recovered, checked and thrown away again; recovery took ${f.spent}`,
    id: (f) => `✅ ${f.name} berhasil dipulihkan, diperiksa, lalu dibuang lagi; pemulihan ${f.spent}`,
  }),
  'drill.not-passed': phrase<{ name: string; reason: string }>({
    en: (f) => `❌ ${f.name} could not be recovered: ${f.reason}. The app was not touched`,
    id: (f) => `❌ ${f.name} tidak bisa dipulihkan: ${f.reason}. Aplikasi tidak tersentuh`,
  }),
  'drill.previous': phrase<{ backup: string; spent: string }>({
    en: (f) => `the drill before: ${f.backup} in ${f.spent}`,
    id: (f) => `gladi sebelumnya: ${f.backup} dalam ${f.spent}`,
  }),
  'drill.phase.verify': phrase({ en: () => 'prove every byte', id: () => 'buktikan setiap byte' }),
  'drill.phase.recover': phrase({ en: () => 'lay the app out', id: () => 'susun ulang aplikasi' }),
  'drill.phase.smoke-test': phrase({ en: () => 'smoke test', id: () => 'uji cepat' }),
  'drill.phase.start': phrase({ en: () => 'start the app', id: () => 'jalankan aplikasi' }),
  'drill.reason.findings': phrase<{ count: number; first: string }>({
    en: (f) => `${f.count} finding${f.count === 1 ? '' : 's'}, first: ${f.first}`,
    id: (f) => `${f.count} temuan, pertama: ${f.first}`,
  }),
  'drill.reason.command': phrase<{ command: string; how: string; output: string }>({
    en: (f) => `"${f.command}" ended with ${f.how}${f.output === '' ? '' : ` and said: ${f.output}`}`,
    id: (f) => `"${f.command}" berakhir dengan ${f.how}${f.output === '' ? '' : ` dan berkata: ${f.output}`}`,
  }),
  'drill.no-smoke-test': phrase({
    en: () => 'no app.smoke_test is configured: the data was checked, the app was not asked',
    id: () => 'app.smoke_test belum diatur: datanya diperiksa, aplikasinya tidak ditanya',
  }),
  'drill.next-older': phrase({
    en: () => 'next: pulih drill --older; or look at all: pulih list',
    id: () => 'lanjut: pulih drill --older; atau lihat semua: pulih list',
  }),
  'alert.drill-failed': phrase<{ backup: string; reason: string }>({
    en: (f) => `a drill could not recover ${f.backup}: ${f.reason}. The app was not touched. Try another: pulih drill`,
    id: (f) =>
      `gladi tidak bisa memulihkan ${f.backup}: ${f.reason}. Aplikasi tidak tersentuh. Coba yang lain: pulih drill`,
  }),
  'log.drill-done': phrase<{ name: string; spent: string }>({
    en: (f) => `✅ drill passed: ${f.name} (${f.spent})`,
    id: (f) => `✅ gladi berhasil: ${f.name} (${f.spent})`,
  }),
  'log.drill-failed': phrase<{ name: string; reason: string }>({
    en: (f) => `❌ drill failed: ${f.name}: ${f.reason}`,
    id: (f) => `❌ gladi gagal: ${f.name}: ${f.reason}`,
  }),
}

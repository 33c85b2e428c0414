import { failure } from '../sentence.ts'

export const hostErrors = {
  'gate.closed': failure<{ name: string; code: string; message: string; hint: string; exit: number }>(1, {
    en: (f) => [`"${f.name}" was not started, because its backup failed: ${f.message}`, f.hint],
    id: (f) => [`"${f.name}" tidak dijalankan, karena backup-nya gagal: ${f.message}`, f.hint],
  }),
  'gate.silent': failure<{ name: string; pid: number; seconds: number }>(1, {
    en: (f) => [
      `"${f.name}" was not started: the daemon (process ${f.pid}) has said nothing for ${f.seconds} s`,
      `look at it, or end it so that a new one can start: kill ${f.pid}; then: pulih status`,
    ],
    id: (f) => [
      `"${f.name}" tidak dijalankan: daemon (proses ${f.pid}) diam selama ${f.seconds} detik`,
      `periksa, atau hentikan agar yang baru bisa jalan: kill ${f.pid}; lalu: pulih status`,
    ],
  }),
  'gate.timeout': failure<{ name: string; seconds: number }>(1, {
    en: (f) => [
      `"${f.name}" was not started: no answer about its backup within ${f.seconds} s`,
      'see what is running: pulih history',
    ],
    id: (f) => [
      `"${f.name}" tidak dijalankan: tidak ada jawaban tentang backup-nya dalam ${f.seconds} detik`,
      'lihat apa yang sedang berjalan: pulih history',
    ],
  }),
  'gate.no-answer': failure<{ name: string; detail: string }>(1, {
    en: (f) => [
      `"${f.name}" was not started: pulih gave no answer (${f.detail})`,
      `try by hand: pulih trigger ${f.name}`,
    ],
    id: (f) => [
      `"${f.name}" tidak dijalankan: pulih tidak memberi jawaban (${f.detail})`,
      `coba sendiri: pulih trigger ${f.name}`,
    ],
  }),
}

import { failure } from '../sentence.ts'

const meant = (near: string | null): string => (near === null ? '' : `; did you mean "${near}"?`)
const maksud = (near: string | null): string => (near === null ? '' : `; maksudnya "${near}"?`)

/** Wrong command lines. Nothing was done yet when one of these is thrown. */
export const usageErrors = {
  'usage.unknown-command': failure<{ found: string; near: string | null; help: string }>(2, {
    en: (f) => [`there is no command "${f.found}"${meant(f.near)}`, `see all commands: ${f.help}`],
    id: (f) => [`tidak ada perintah "${f.found}"${maksud(f.near)}`, `lihat semua perintah: ${f.help}`],
  }),
  'usage.unknown-option': failure<{ found: string; near: string | null; help: string }>(2, {
    en: (f) => [`there is no option ${f.found} here${meant(f.near)}`, `see the options: ${f.help}`],
    id: (f) => [`tidak ada opsi ${f.found} di sini${maksud(f.near)}`, `lihat pilihannya: ${f.help}`],
  }),
  'usage.value-missing': failure<{ option: string; value: string; help: string }>(2, {
    en: (f) => [`${f.option} needs a value: ${f.option} ${f.value}`, `see the options: ${f.help}`],
    id: (f) => [`${f.option} perlu nilai: ${f.option} ${f.value}`, `lihat pilihannya: ${f.help}`],
  }),
  'usage.value-unwanted': failure<{ option: string; help: string }>(2, {
    en: (f) => [`${f.option} takes no value`, `see the options: ${f.help}`],
    id: (f) => [`${f.option} tidak memakai nilai`, `lihat pilihannya: ${f.help}`],
  }),
  'usage.value': failure<{ option: string; found: string; allowed: string }>(2, {
    en: (f) => [`"${f.found}" is not a value for ${f.option}`, `allowed: ${f.allowed}`],
    id: (f) => [`"${f.found}" bukan nilai untuk ${f.option}`, `yang boleh: ${f.allowed}`],
  }),
  'usage.missing': failure<{ name: string; usage: string }>(2, {
    en: (f) => [`${f.name} is missing; nothing was done`, `usage: ${f.usage}`],
    id: (f) => [`${f.name} belum disebut; tidak ada yang dikerjakan`, `cara pakai: ${f.usage}`],
  }),
  'usage.extra': failure<{ found: string; usage: string }>(2, {
    en: (f) => [`"${f.found}" is one word too many; nothing was done`, `usage: ${f.usage}`],
    id: (f) => [`kata "${f.found}" berlebih; tidak ada yang dikerjakan`, `cara pakai: ${f.usage}`],
  }),
  'usage.one-of': failure<{ command: string; verbs: readonly string[]; help: string }>(2, {
    en: (f) => [`"${f.command}" needs to know which: ${f.verbs.join(', ')}`, `see each of them: ${f.help}`],
    id: (f) => [`"${f.command}" perlu pilihan: ${f.verbs.join(', ')}`, `lihat penjelasannya: ${f.help}`],
  }),
  'usage.needs-yes': failure<{ question: string }>(2, {
    en: (f) => [
      `nobody is here to answer "${f.question}"; nothing was changed`,
      'look with --dry-run, then answer beforehand with --yes',
    ],
    id: (f) => [
      `tidak ada yang bisa menjawab "${f.question}"; tidak ada yang diubah`,
      'lihat dulu dengan --dry-run, lalu jawab di muka dengan --yes',
    ],
  }),
}

import { phrase } from '../sentence.ts'

export const generalPhrases = {
  'warning.unreadable': phrase<{ path: string; reason: string }>({
    en: (f) => `${f.path} could not be read (${f.reason}) and is not in this backup`,
    id: (f) => `${f.path} tidak bisa dibaca (${f.reason}) dan tidak ada di backup ini`,
  }),
}

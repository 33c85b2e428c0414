import { phrase } from '../sentence.ts'

export const cataloguePhrases = {
  'log.index-rebuilt': phrase({
    en: () => 'the index was damaged and was made again from the archives; no backup is affected',
    id: () => 'indeks rusak dan sudah dibuat ulang dari arsip; tidak ada backup yang terpengaruh',
  }),
}

import { failure } from '../sentence.ts'

export const drillErrors = {
  'drill.failed': failure<{ name: string; reason: string }>(1, {
    en: (f) => [
      `${f.name} could not be recovered in a drill: ${f.reason}; the app was not touched`,
      'try an older one: pulih drill NAME (pulih list), and make a new one: pulih backup',
    ],
    id: (f) => [
      `${f.name} tidak bisa dipulihkan dalam gladi: ${f.reason}; aplikasi tidak tersentuh`,
      'coba yang lebih lama: pulih drill NAMA (pulih list), dan buat yang baru: pulih backup',
    ],
  }),
}

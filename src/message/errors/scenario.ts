import { failure } from '../sentence.ts'

export const scenarioErrors = {
  'plan.unknown': failure<{ name: string }>(1, {
    en: (f) => [`there is no plan ${f.name}; nothing was changed`, 'see which there are: pulih plan list'],
    id: (f) => [`tidak ada rencana ${f.name}; tidak ada yang diubah`, 'lihat yang ada: pulih plan list'],
  }),
  'plan.unreadable': failure<{ path: string }>(1, {
    en: (f) => [`${f.path} is not a plan of pulih; nothing was changed`, 'see which there are: pulih plan list'],
    id: (f) => [`${f.path} bukan rencana pulih; tidak ada yang diubah`, 'lihat yang ada: pulih plan list'],
  }),
}

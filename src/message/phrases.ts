/** Every sentence that is not an error. One file per area in `phrases/`; each area is listed here once. */
import { alertPhrases } from './phrases/alert.ts'
import { archivePhrases } from './phrases/archive.ts'
import { backupPhrases } from './phrases/backup.ts'
import { cataloguePhrases } from './phrases/catalogue.ts'
import { checkPhrases } from './phrases/check.ts'
import { configPhrases } from './phrases/config.ts'
import { corruptionPhrases } from './phrases/corruption.ts'
import { daemonPhrases } from './phrases/daemon.ts'
import { demoPhrases } from './phrases/demo.ts'
import { diffPhrases } from './phrases/diff.ts'
import { discoverPhrases } from './phrases/discover.ts'
import { doctorPhrases } from './phrases/doctor.ts'
import { drillPhrases } from './phrases/drill.ts'
import { findingPhrases } from './phrases/finding.ts'
import { frontPhrases } from './phrases/front.ts'
import { generalPhrases } from './phrases/general.ts'
import { initPhrases } from './phrases/init.ts'
import { menuPhrases } from './phrases/menu.ts'
import { restorePhrases } from './phrases/restore.ts'
import { retentionPhrases } from './phrases/retention.ts'
import { runPhrases } from './phrases/run.ts'
import { scenarioPhrases } from './phrases/scenario.ts'
import { servicePhrases } from './phrases/service.ts'
import { sourcePhrases } from './phrases/source.ts'
import { statusPhrases } from './phrases/status.ts'
import { triggerPhrases } from './phrases/trigger.ts'
import { vaultPhrases } from './phrases/vault.ts'
import type { Language } from './sentence.ts'

const phrases = {
  ...vaultPhrases,
  ...alertPhrases,
  ...checkPhrases,
  ...demoPhrases,
  ...archivePhrases,
  ...menuPhrases,
  ...frontPhrases,
  ...backupPhrases,
  ...cataloguePhrases,
  ...configPhrases,
  ...corruptionPhrases,
  ...daemonPhrases,
  ...diffPhrases,
  ...discoverPhrases,
  ...doctorPhrases,
  ...drillPhrases,
  ...findingPhrases,
  ...generalPhrases,
  ...initPhrases,
  ...restorePhrases,
  ...retentionPhrases,
  ...runPhrases,
  ...servicePhrases,
  ...scenarioPhrases,
  ...sourcePhrases,
  ...statusPhrases,
  ...triggerPhrases,
}

export type PhraseCode = keyof typeof phrases
export type PhraseFacts<C extends PhraseCode> = Parameters<(typeof phrases)[C]['en']>[0]

/** One sentence in the reader's language: `say('id', 'warning.unreadable', { path })`. */
export function say<C extends PhraseCode>(
  language: Language,
  code: C,
  ...facts: PhraseFacts<C> extends void ? [] : [PhraseFacts<C>]
): string {
  const speak = phrases[code][language] as (facts: PhraseFacts<C> | undefined) => string
  return speak(facts[0])
}

/** A sentence kept as data until somebody reads it: what acts return instead of text. */
export type Note = { [C in PhraseCode]: { readonly code: C; readonly facts: PhraseFacts<C> } }[PhraseCode]

export function note<C extends PhraseCode>(
  code: C,
  ...facts: PhraseFacts<C> extends void ? [] : [PhraseFacts<C>]
): Note {
  return { code, facts: facts[0] } as Note
}

export function sayNote(language: Language, said: Note): string {
  const speak = phrases[said.code][language] as (facts: unknown) => string
  return speak(said.facts)
}

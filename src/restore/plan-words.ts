import { type Note, sayNote } from '../message/phrases.ts'
import type { PlanStep, PlanWarning } from './plan-types.ts'

/** A step of a plan with its title in both languages. */
export function step(id: PlanStep['id'], said: Note): PlanStep {
  return { id, title: bothLanguages(said) }
}

/** A warning of a plan: a stable code, and its sentence in both languages. */
export function asWarning(said: Note): PlanWarning {
  return { code: said.code.replace(/^restore\.warn\./, ''), message: bothLanguages(said) }
}

function bothLanguages(said: Note): { id: string; en: string } {
  return { id: sayNote('id', said), en: sayNote('en', said) }
}

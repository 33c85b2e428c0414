import { note } from '../message/phrases.ts'
import { discover } from '../source/discover.ts'
import { type Cause, type Check, type Scene, type Verdict, verdictOf } from './check.ts'
import type { Advice } from './doctor.ts'

/** What of the doctor's looks means that somebody else can read, or will be sent, what is secret. */
const codes: Readonly<Record<string, string>> = {
  'doctor.archive-readable': 'exposed-archives',
  'doctor.state-readable': 'exposed-state',
  'doctor.git-exposed': 'exposed-to-git',
  'doctor.git-holds-backups': 'exposed-in-git',
  'doctor.env-tracked': 'exposed-secrets-file',
  'doctor.token-in-code': 'exposed-token',
}

export const exposure: Check = {
  name: 'exposure',
  families: Object.values(codes),
  async look(scene) {
    return judgeExposure(await adviceOf(scene))
  },
}

async function adviceOf({ app, signal }: Scene): Promise<readonly Advice[]> {
  const [{ lookAtFolders }, { lookAtGit }] = await Promise.all([
    import('./doctor-folders.ts'),
    import('./doctor-git.ts'),
  ])
  const patient = { app, found: await discover(app, signal), env: process.env, ...(signal && { signal }) }
  return [...(await lookAtFolders(patient)), ...(await lookAtGit(patient))]
}

export function judgeExposure(advice: readonly Advice[]): Verdict {
  const causes = advice.flatMap(({ about, severity }): Cause[] => {
    const family = codes[about.code]
    if (family === undefined || severity === 'info') return []
    const place = about.code === 'doctor.token-in-code' || about.code === 'doctor.env-tracked' ? about.facts.path : ''
    return [{ key: place === '' ? family : `${family}:${place}`, severity, note: about }]
  })
  const exposed = advice.flatMap(({ about, fix }) => (about.code in codes ? [{ code: codes[about.code], fix }] : []))
  return verdictOf({ exposed }, causes, note('check.not-exposed'))
}

import type { App } from '../../app/app.ts'
import type { Advice, Examination } from '../../check/doctor.ts'
import { isPulihError, type PulihError } from '../../error.ts'
import { doctorPhrases as words } from '../../message/phrases/doctor.ts'
import { say, sayNote } from '../../message/phrases.ts'
import type { ExitCode, Language } from '../../message/sentence.ts'
import type { Call, Command, Outcome } from '../command.ts'
import { style } from '../show/style.ts'

export const command: Command = {
  name: 'doctor',
  summary: words['doctor-summary'],
  positionals: [],
  options: {},
  examples: ['pulih doctor', 'pulih doctor --json', 'pulih --dir /srv/bot doctor --lang id'],
  async run(call) {
    const { app, broken } = await openAnyway(call)
    const { examine } = await import('../../check/doctor.ts')
    return outcome(await examine(app, broken, call.signal), call.global.language)
  },
}

/** A configuration that cannot be used is what a doctor is for: then the rest is looked at with the defaults. */
async function openAnyway(call: Call): Promise<{ app: App; broken: PulihError | null }> {
  try {
    return { app: await call.app(), broken: null }
  } catch (error) {
    const hopeless = isPulihError(error, 'config.no-folder') || isPulihError(error, 'config.absent')
    if (!isPulihError(error) || hopeless) throw error
    const { openWithDefaults } = await import('../../app/open.ts')
    const { dir, config, language } = call.global
    const options = { ...(dir === undefined ? {} : { dir }), ...(config === undefined ? {} : { config }), language }
    return { app: openWithDefaults(options), broken: error }
  }
}

function outcome({ advice, broken }: Examination, language: Language): Outcome {
  return {
    exit: exitOf(advice, broken),
    json: {
      findings: advice.map(({ severity, about, fix }) => {
        return { code: about.code.replace('doctor.', ''), severity, message: sayNote(language, about), fix }
      }),
    },
    text: (reader) => [...advice.flatMap((one) => lines(one, reader)), summary(advice, reader)].join('\n'),
  }
}

function exitOf(advice: readonly Advice[], broken: boolean): ExitCode {
  if (broken) return 2
  if (advice.some((one) => one.severity === 'critical')) return 1
  return advice.some((one) => one.severity === 'warning') ? 3 : 0
}

const signs = { critical: '❌', warning: '⚠️', info: '·' } as const
const colours = { critical: style.bad, warning: style.warn, info: (text: string) => text } as const

function lines({ severity, about, fix }: Advice, language: Language): string[] {
  const said = colours[severity](`${signs[severity]} ${sayNote(language, about)}`)
  return fix === null ? [said] : [said, style.faint(`   → ${fix}`)]
}

function summary(advice: readonly Advice[], language: Language): string {
  const count = (severity: Advice['severity']) => advice.filter((one) => one.severity === severity).length
  const facts = { critical: count('critical'), warnings: count('warning') }
  if (facts.critical + facts.warnings === 0) return style.good(say(language, 'doctor-fine'))
  return style.strong(say(language, 'doctor-count', facts))
}

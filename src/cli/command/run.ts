import type { App } from '../../app/app.ts'
import type { Supervised, SuperviseRequest } from '../../daemon/supervise.ts'
import { isPulihError, PulihError } from '../../error.ts'
import { runPhrases as words } from '../../message/phrases/run.ts'
import { say } from '../../message/phrases.ts'
import type { TriggerResult } from '../../trigger/run.ts'
import type { Call, Command, Outcome } from '../command.ts'

export const command: Command = {
  name: 'run',
  summary: words['run.summary'],
  positionals: [],
  options: {
    restart: { type: 'string', value: 'never|on-failure', summary: words['run.option.restart'] },
    'start-anyway': { type: 'boolean', summary: words['run.option.start-anyway'] },
    'no-schedule': { type: 'boolean', summary: words['run.option.no-schedule'] },
    hold: { type: 'boolean', summary: words['run.option.hold'] },
    resume: { type: 'boolean', summary: words['run.option.resume'] },
  },
  examples: ['pulih run -- python main.py', 'pulih run --restart on-failure -- node bot.js', 'pulih run --hold'],
  takesCommand: true,
  async run(call) {
    const { becomeInit } = await import('../../daemon/first-process.ts')
    becomeInit()
    const app = await call.app()
    if (call.options.hold === true || call.options.resume === true) return holdOrResume(app, call)
    const line = lineFrom(app, call)
    const { environmentOf, requireCommand } = await import('../../daemon/bot.ts')
    requireCommand(app, line, environmentOf(app))
    if (call.global.dryRun) return preview(line)
    return outcomeOf(app, line, await withDaemon(app, call, () => superviseBot(app, line, call)), call)
  },
}

function lineFrom({ config }: App, { command: given }: Call): readonly string[] {
  if (given.length > 0) return given
  if (config.app.start !== null) return ['sh', '-c', config.app.start]
  throw new PulihError('run.no-command')
}

function restartFrom({ options: { restart = 'never' } }: Call): 'never' | 'on-failure' {
  if (restart === 'never' || restart === 'on-failure') return restart
  throw new PulihError('usage.value', { option: '--restart', found: String(restart), allowed: 'never, on-failure' })
}

async function superviseBot(app: App, line: readonly string[], call: Call): Promise<Supervised> {
  const { supervise } = await import('../../daemon/supervise.ts')
  const request: SuperviseRequest = {
    words: line,
    restart: restartFrom(call),
    override: overrideFrom(call),
    quietOutput: call.global.json,
    signal: call.signal,
    progress: call.progress,
    tell: (text) => call.terminal.tell(text),
  }
  return await supervise(app, request)
}

function overrideFrom({ options }: Call): string | null {
  return process.env.PULIH_OVERRIDE ?? (options['start-anyway'] === true ? '--start-anyway' : null)
}

/** The timetable and the gates run in this process too, unless a daemon does that already or nobody wants them. */
async function withDaemon<T>(app: App, call: Call, step: () => Promise<T>): Promise<T> {
  if (call.options['no-schedule'] === true || !app.config.enabled) return step()
  const { runDaemon } = await import('../../daemon/daemon.ts')
  const stop = new AbortController()
  const ready = Promise.withResolvers<void>()
  const running = runDaemon(app, { signal: stop.signal, onReady: () => ready.resolve() }).catch((error: unknown) => {
    // Another daemon is as good; and whatever else it is, the bot is not kept from running because of it.
    const { language } = call.global
    const reason = isPulihError(error) ? error.words(language)[0] : String(error)
    if (!isPulihError(error, 'daemon.running')) call.terminal.tell(say(language, 'run.no-daemon', { reason }))
  })
  try {
    await Promise.race([ready.promise, running])
    return await step()
  } finally {
    stop.abort()
    await running
  }
}

function outcomeOf(app: App, line: readonly string[], done: Supervised, { global, terminal }: Call): Outcome {
  const { end, restarts, startup, shutdown } = done
  const { language } = global
  const how =
    end.code === null
      ? say(language, 'run.by-signal', { signal: end.signal ?? '?' })
      : say(language, 'run.by-code', { code: end.code })
  if (!global.quiet) terminal.tell(say(language, 'run.ended', { how, backup: shutdown?.backup ?? null }))
  return {
    exit: end.exit,
    json: {
      command: line,
      app: app.folders.app,
      exitCode: end.code,
      signal: end.signal,
      restarts,
      startup: shortly(startup),
      shutdown: shutdown === null ? null : shortly(shutdown),
    },
    // Standard output was the bot's.
    text: () => '',
  }
}

function shortly({ outcome, backup, state }: TriggerResult) {
  return { outcome, backup, state }
}

async function holdOrResume(app: App, call: Call): Promise<Outcome> {
  const { hold, resume } = await import('../../daemon/hold.ts')
  const held = call.options.hold === true
  await (held ? hold(app) : resume(app))
  return { exit: 0, json: { held }, text: (language) => say(language, held ? 'run.held' : 'run.resumed') }
}

function preview(line: readonly string[]): Outcome {
  return {
    exit: 0,
    json: { dryRun: true, command: line },
    text: (language) => say(language, 'run.preview', { command: line.join(' ') }),
  }
}

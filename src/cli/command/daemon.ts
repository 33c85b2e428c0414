import type { App } from '../../app/app.ts'
import { daemonPhrases as words } from '../../message/phrases/daemon.ts'
import { say } from '../../message/phrases.ts'
import type { Language } from '../../message/sentence.ts'
import { isoWithOffset } from '../../time/zone.ts'
import type { Call, Command, Outcome } from '../command.ts'
import { dateTime } from '../show/format.ts'

export const command: Command = {
  name: 'daemon',
  summary: words['daemon.summary'],
  positionals: [],
  options: {},
  examples: ['pulih daemon', 'pulih daemon --dir /srv/bot --verbose'],
  async run(call) {
    const app = await call.app()
    if (call.global.dryRun) return preview(app)
    const { runDaemon } = await import('../../daemon/daemon.ts')
    const started = isoWithOffset(app.clock.now(), app.zone)
    await runDaemon(app, { signal: call.signal, onReady: (facts) => greet(app, call, facts) })
    return {
      exit: 0,
      json: { stopped: true, pid: process.pid, started, ended: isoWithOffset(app.clock.now(), app.zone) },
      text: (language) => say(language, 'daemon.stopped'),
    }
  },
}

function greet(app: App, { terminal, global }: Call, { pid, nextRun }: { pid: number; nextRun: string | null }): void {
  const { language } = global
  terminal.tell(say(language, 'daemon.ready', { pid, app: app.folders.app, next: moment(app, nextRun, language) }))
}

function moment(app: App, iso: string | null, language: Language): string | null {
  return iso === null ? null : dateTime(Date.parse(iso), app.zone, language)
}

async function preview(app: App): Promise<Outcome> {
  const { nextBackup } = await import('../../daemon/daemon.ts')
  const nextRun = nextBackup(app)
  return {
    exit: 0,
    json: { dryRun: true, nextRun },
    text: (language) => say(language, 'daemon.preview', { next: moment(app, nextRun, language) }),
  }
}

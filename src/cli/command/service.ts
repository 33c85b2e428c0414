import { join } from 'node:path'
import type { Machine } from '../../daemon/service/machine.ts'
import type { ServicePlan, ServiceStatus } from '../../daemon/service/service.ts'
import { servicePhrases as words } from '../../message/phrases/service.ts'
import { say } from '../../message/phrases.ts'
import type { Language } from '../../message/sentence.ts'
import type { Call, Command, Outcome } from '../command.ts'
import { style } from '../show/style.ts'

const install: Command = {
  name: 'install',
  summary: words['service.install.summary'],
  positionals: [],
  options: {},
  examples: ['pulih service install --dry-run', 'pulih service install --yes'],
  async run(call) {
    const app = await call.app()
    const { installService, planService } = await import('../../daemon/service/service.ts')
    const machine = await thisMachine()
    const plan = await planService(app, machine, program())
    if (call.global.dryRun) return planned(plan, true)
    if (plan.same) return settled(plan, 'service.same', false)
    call.terminal.show(shown(plan, call.global.language))
    if (!(await call.terminal.confirm(say(call.global.language, 'service.ask')))) return refused(plan)
    await installService(app, machine, plan)
    return settled(plan, 'service.installed', true)
  },
}

const uninstall: Command = {
  name: 'uninstall',
  summary: words['service.uninstall.summary'],
  positionals: [],
  options: {},
  examples: ['pulih service uninstall'],
  async run(call) {
    const app = await call.app()
    const { serviceStatus, uninstallService } = await import('../../daemon/service/service.ts')
    const machine = await thisMachine()
    if (call.global.dryRun) return stateOf(await serviceStatus(app, machine))
    const gone = await uninstallService(app, machine)
    return {
      exit: 0,
      json: { installed: false, name: gone?.name ?? null, path: gone?.path ?? null },
      text: (language) =>
        gone === null ? say(language, 'service.none') : say(language, 'service.uninstalled', { name: gone.name ?? '' }),
    }
  },
}

const status: Command = {
  name: 'status',
  summary: words['service.status.summary'],
  positionals: [],
  options: {},
  examples: ['pulih service status', 'pulih service status --json'],
  async run(call) {
    const { serviceStatus } = await import('../../daemon/service/service.ts')
    return stateOf(await serviceStatus(await call.app(), await thisMachine()))
  },
}

export const command: Command = {
  name: 'service',
  summary: words['service.summary'],
  positionals: [],
  options: {},
  examples: ['pulih service install', 'pulih service status'],
  commands: [install, uninstall, status],
  run: (call: Call) => status.run(call),
}

async function thisMachine(): Promise<Machine> {
  return (await import('../../daemon/service/machine.ts')).thisMachine()
}

/** This very Node and this very program: a service has no PATH to speak of. */
function program(): readonly string[] {
  const ending = import.meta.filename.endsWith('.ts') ? 'ts' : 'js'
  return [process.execPath, join(import.meta.dirname, `../main.${ending}`)]
}

function jsonOf({ kind, name, path, text, commands }: ServicePlan) {
  return { kind, name, path, text, commands }
}

function shown(plan: ServicePlan, language: Language): string {
  const head =
    plan.path === null ? say(language, 'service.will-add') : say(language, 'service.will-write', { path: plan.path })
  const commands = plan.commands.map((one) => `  ${one.join(' ')}`)
  return [
    head,
    '',
    ...plan.text
      .trimEnd()
      .split('\n')
      .map((line) => style.faint(`  ${line}`)),
    '',
    ...(commands.length === 0 ? [] : [say(language, 'service.will-run'), ...commands, '']),
  ].join('\n')
}

function planned(plan: ServicePlan, dryRun: boolean): Outcome {
  return { exit: 0, json: { dryRun, ...jsonOf(plan) }, text: (language) => shown(plan, language).trimEnd() }
}

function refused(plan: ServicePlan): Outcome {
  return {
    exit: 1,
    json: { installed: false, ...jsonOf(plan) },
    text: (language) => say(language, 'service.refused'),
  }
}

function settled(plan: ServicePlan, code: 'service.same' | 'service.installed', changed: boolean): Outcome {
  const { name, kind } = plan
  return {
    exit: 0,
    json: { installed: true, changed, ...jsonOf(plan) },
    text: (language) => style.good(say(language, code, { name, cron: kind === 'cron' })),
  }
}

function stateOf(state: ServiceStatus): Outcome {
  const lost = !state.installed && state.name !== null
  const down = state.installed && state.active !== null && state.active !== 'active'
  return {
    exit: lost || down ? 3 : 0,
    json: state,
    text: (language) => {
      if (state.name === null) return say(language, 'service.none')
      if (lost) return style.warn(say(language, 'service.gone', { name: state.name }))
      return say(language, 'service.is', { name: state.name, kind: state.kind ?? '', active: state.active })
    },
  }
}

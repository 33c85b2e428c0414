import { PulihError } from '../../error.ts'
import { nearest } from '../../message/nearest.ts'
import { menuPhrases as words } from '../../message/phrases/menu.ts'
import type { Command } from '../command.ts'
import type { MenuName } from '../menu/menus.ts'

const names = ['backup', 'scenarios', 'monitor', 'automatic'] as const

export const command: Command = {
  name: 'menu',
  summary: words['menu.summary'],
  positionals: [{ name: names.join('|'), optional: true }],
  options: {},
  examples: ['pulih menu', 'pulih menu backup', 'pulih menu scenarios --lang id', 'pulih menu monitor'],
  async run(call) {
    const name = menuNamed(call.positionals[0])
    // A broken configuration is said now, not after the first choice; and the menu speaks the app's language.
    await call.app()
    const [{ runMenu }, { registry }] = await Promise.all([import('../menu/run.ts'), import('../all.ts')])
    const runs = await runMenu(name, call, registry)
    return { exit: 0, json: { menu: name, runs }, text: () => '' }
  },
}

function menuNamed(found: string | undefined): MenuName {
  if (found === undefined) return 'top'
  const name = names.find((one) => one === found)
  if (name !== undefined) return name
  const near = nearest(found, names)
  const help = 'pulih menu --help'
  throw new PulihError('usage.unknown-command', {
    found: `menu ${found}`,
    near: near === null ? null : `menu ${near}`,
    help,
  })
}

import { drillPhrases as words } from '../../message/phrases/drill.ts'
import type { Command } from '../command.ts'
import { runDrill } from './drill.ts'

export const command: Command = {
  name: 'rehearse',
  summary: words['rehearse.summary'],
  positionals: [{ name: 'NAME', optional: true }],
  options: {
    older: { type: 'boolean', summary: words['drill.option.older'] },
    from: { type: 'string', value: 'archive|vault', summary: words['drill.option.from'] },
  },
  examples: ['pulih rehearse', 'pulih rehearse latest'],
  run: (call) => runDrill(call, true),
}

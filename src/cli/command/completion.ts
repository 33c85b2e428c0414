import { PulihError } from '../../error.ts'
import { frontPhrases as words } from '../../message/phrases/front.ts'
import type { Command } from '../command.ts'
import { globalOptions } from '../globals.ts'
import type { Registry } from '../parse.ts'

const shells = { bash: forBash, zsh: forZsh, fish: forFish } as const

export const command: Command = {
  name: 'completion',
  summary: words['completion.summary'],
  positionals: [{ name: 'bash|zsh|fish' }],
  options: {},
  examples: ['pulih completion bash', 'pulih completion zsh', 'pulih completion fish'],
  async run({ positionals: [shell = ''] }) {
    if (!Object.hasOwn(shells, shell)) {
      throw new PulihError('usage.value', {
        option: 'completion',
        found: shell,
        allowed: Object.keys(shells).join(', '),
      })
    }
    const { registry } = await import('../all.ts')
    const script = shells[shell as keyof typeof shells](await linesOf(registry))
    return { exit: 0, json: { shell, script }, text: () => script }
  },
}

/** What may follow a verb: `{ verb: 'vault init', words: ['--all', …] }`; the empty verb stands for the start. */
interface Line {
  readonly verb: string
  readonly words: readonly string[]
  readonly summary: string
}

async function linesOf(registry: Registry): Promise<readonly Line[]> {
  const commands = await Promise.all(Object.values(registry).map((load) => load()))
  const start = { verb: '', words: [...commands.map(({ name }) => name), 'help', ...flags({})], summary: '' }
  return [start, ...commands.flatMap((one) => linesUnder(one.name, one))]
}

function linesUnder(verb: string, command: Command): Line[] {
  const below = command.commands ?? []
  const choices = command.positionals.flatMap(({ name }) => (/^[a-z]+(\|[a-z]+)+$/.test(name) ? name.split('|') : []))
  const words = [...below.map(({ name }) => name), ...choices, ...flags(command.options)]
  const own = { verb, words, summary: command.summary.en() }
  return [own, ...below.flatMap((one) => linesUnder(`${verb} ${one.name}`, one))]
}

function flags(options: Command['options']): string[] {
  return Object.keys({ ...options, ...globalOptions }).map((name) => `--${name}`)
}

/** Options that take a value: the word after them is no verb. */
const valued = Object.entries(globalOptions)
  .filter(([, option]) => option.type === 'string')
  .map(([name]) => `--${name}`)

function forBash(lines: readonly Line[]): string {
  const cases = lines.map(({ verb, words: known }) => `    '${verb}') words='${known.join(' ')}' ;;`)
  return `# pulih: completion for bash. For all sessions:
#   pulih completion bash > ~/.local/share/bash-completion/completions/pulih
_pulih() {
  local at word verb='' words='' current=\${COMP_WORDS[COMP_CWORD]}
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    case $word in
      ${valued.join('|')}) ((at++)) ;;
      -*) ;;
      *) verb=\${verb:+$verb }$word ;;
    esac
  done
  while :; do
    case $verb in
${cases.map((line) => `  ${line}`).join('\n')}
    esac
    [ -n "$words" ] || [ -z "$verb" ] && break
    case $verb in *' '*) verb=\${verb% *} ;; *) verb='' ;; esac
  done
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _pulih pulih`
}

/** zsh reads bash's completion through its own compatibility layer. */
function forZsh(lines: readonly Line[]): string {
  const script = forBash(lines).split('\n').slice(2).join('\n')
  return `#compdef pulih
# For all sessions: pulih completion zsh > a folder of your $fpath, as _pulih
autoload -U +X bashcompinit && bashcompinit
${script.replace('mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")', 'COMPREPLY=($(compgen -W "$words" -- "$current"))')}`
}

function forFish(lines: readonly Line[]): string {
  const [start, ...verbs] = lines
  const tops = (start?.words ?? []).filter((word) => !word.startsWith('-'))
  const summaryOf = (verb: string) => verbs.find((line) => line.verb === verb)?.summary ?? ''
  const offer = (when: string, word: string, summary: string) =>
    `complete -c pulih -f -n '${when}' ${word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`}${summary === '' ? '' : ` -d ${quoted(summary)}`}`
  return [
    '# pulih: completion for fish. For all sessions: pulih completion fish > ~/.config/fish/completions/pulih.fish',
    ...tops.map((word) => offer('__fish_use_subcommand', word, summaryOf(word))),
    ...verbs.flatMap(({ verb, words: known }) =>
      known.map((word) => offer(condition(verb), word, summaryOf(`${verb} ${word}`))),
    ),
  ].join('\n')
}

function condition(verb: string): string {
  return verb
    .split(' ')
    .map((word) => `__fish_seen_subcommand_from ${word}`)
    .join('; and ')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`
}

import { daemonWords, type ServiceFacts } from './unit.ts'

const begin = (name: string): string => `# ${name}: begin (pulih service uninstall)`
const end = (name: string): string => `# ${name}: end`

/**
 * The lines for a crontab: at boot, and every hour in case the daemon died (one that runs makes the second end at once).
 * `%` means a new line to cron, so it is escaped.
 */
export function cronBlock(facts: ServiceFacts): string {
  const words = daemonWords(facts).map(quoted).join(' ')
  const line = `cd ${quoted(facts.app)} && ${words} --quiet >>${quoted(facts.log)} 2>&1`.replaceAll('%', '\\%')
  return [begin(facts.name), `@reboot ${line}`, `@hourly ${line}`, end(facts.name), ''].join('\n')
}

/** The crontab with this service's lines, once. */
export function withBlock(crontab: string, facts: ServiceFacts): string {
  const rest = withoutBlock(crontab, facts.name)
  const gap = rest === '' || rest.endsWith('\n') ? '' : '\n'
  return `${rest}${gap}${cronBlock(facts)}`
}

/** The crontab without them; everything else stays as it is. */
export function withoutBlock(crontab: string, name: string): string {
  const lines = crontab.split('\n')
  const [from, to] = [lines.indexOf(begin(name)), lines.indexOf(end(name))]
  return from < 0 || to < from ? crontab : [...lines.slice(0, from), ...lines.slice(to + 1)].join('\n')
}

export function hasBlock(crontab: string, name: string): boolean {
  return withoutBlock(crontab, name) !== crontab
}

/** For `sh`. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

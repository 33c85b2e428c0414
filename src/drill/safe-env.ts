import { lstat, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const secretNames = /TOKEN|SECRET|PASS(WORD|WD|PHRASE)?|API_?KEY|ACCESS_?KEY|PRIVATE|CREDENTIAL|WEBHOOK|DSN/i

/** What stands for a secret in a drill: shaped like a bot's token, and accepted by nobody. */
export const standIn = '1000000001:pulih-drill-no-real-token-000000000'

/**
 * The environment of a program that runs against recovered data: it must not act in the world as the real app would, so
 * every value whose name sounds secret is replaced. `PULIH_DRILL=1` lets it know.
 */
export function safeEnvironment(
  env: NodeJS.ProcessEnv,
  own: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const entries = Object.entries({ ...env, ...own }).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, isSecret(name, value) ? standIn : value]],
  )
  return { ...Object.fromEntries(entries), PULIH_DRILL: '1' }
}

function isSecret(name: string, value: string): boolean {
  return secretNames.test(name) || /(?<!\d)\d{6,}:[\w-]{20,}/.test(value) || /:\/\/[^/\s:@]+:[^/\s@]+@/.test(value)
}

/** The same in a recovered settings file (`.env`): only the values change. The copy is thrown away afterwards. */
export async function disarm(folder: string, path: string): Promise<void> {
  const file = join(folder, path)
  const stat = await lstat(file)
  if (!stat.isFile() || stat.size > 1e6) return
  const text = await readFile(file, 'utf8')
  const safe = text.replaceAll(
    /^(\s*(?:export\s+)?([A-Za-z_]\w*)\s*=)(.*)$/gm,
    (line, head: string, name: string, value: string) => (isSecret(name, value) ? `${head}${standIn}` : line),
  )
  if (safe !== text) await writeFile(file, safe)
}

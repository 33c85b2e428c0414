import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

const sources: readonly { readonly file: string; readonly find: RegExp }[] = [
  { file: 'package.json', find: /"version"\s*:\s*"([^"]{1,64})"/ },
  { file: 'pyproject.toml', find: /^version\s*=\s*"([^"]{1,64})"/m },
  { file: 'VERSION', find: /^\s*(\S{1,64})/ },
]

/** The version the app gives itself (package.json, pyproject.toml, VERSION), or null: a fact for people, nothing hangs on it. */
export async function appVersion(folder: string): Promise<string | null> {
  for (const { file, find } of sources) {
    // Absent or unreadable: this app says its version elsewhere or not at all.
    const text = await readFile(join(folder, file), 'utf8').catch(() => '')
    const version = find.exec(text)?.[1]
    if (version !== undefined) return version
  }
  return null
}

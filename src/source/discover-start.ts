import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** How this app is most likely started, as one command line for `sh` in its folder; null when nothing tells. */
export function guessStart(app: string): string | null {
  return fromPackage(app) ?? fromPython(app) ?? fromProcfile(app)
}

function fromPackage(app: string): string | null {
  const text = textOf(join(app, 'package.json'))
  try {
    const found: unknown = text === null ? null : JSON.parse(text)
    const scripts = found !== null && typeof found === 'object' && 'scripts' in found ? found.scripts : null
    return scripts !== null && typeof scripts === 'object' && 'start' in scripts ? 'npm start' : null
  } catch {
    return null // a package.json that npm cannot read starts nothing
  }
}

function fromPython(app: string): string | null {
  const main = ['main.py', 'bot.py', 'app.py'].find((name) => existsSync(join(app, name)))
  if (main === undefined) return null
  const python = ['.venv/bin/python', 'venv/bin/python'].find((path) => existsSync(join(app, path))) ?? 'python3'
  return `${python} ${main}`
}

/** The first line of `bot: …`, `worker: …` or `web: …`. */
function fromProcfile(app: string): string | null {
  return /^(?:bot|worker|web):\s*(\S.*)$/m.exec(textOf(join(app, 'Procfile')) ?? '')?.[1]?.trim() ?? null
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null // not there or not readable: then it tells nothing
  }
}

/**
 * Builds, packs and installs the published package as a stranger would, in a clean folder outside the checkout:
 * publint and attw on the tarball, `pulih --version` from the installed one, its types and entry points, and the
 * plain message a Node that is too old gets.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { conclude, root } from './sources.ts'

interface Ran {
  readonly status: number | null
  readonly output: string
}

function ran(command: string, words: readonly string[], cwd: string, path = process.env.PATH ?? ''): Ran {
  const result = spawnSync(command, words, { cwd, encoding: 'utf8', env: { ...environment(), PATH: path } })
  return { status: result.status, output: `${result.stdout ?? ''}${result.stderr ?? ''}${result.error ?? ''}` }
}

/** Without what `npm run` adds: an npm below would take the checkout for its own project. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|command)/.test(name)),
  )
}

/** Runs one step; what it printed is the problem when it ended otherwise than with 0. */
function step(title: string, command: string, words: readonly string[], cwd: string, path?: string): readonly string[] {
  const { status, output } = ran(command, words, cwd, path)
  return status === 0 ? [] : [`${title}: exit ${status}\n${output.trim()}`]
}

/** Only these may be in the tarball: no tests, no sources, nothing of the checkout. */
const allowed = /^(bin\/pulih|dist\/.+\.(js|d\.ts|json)|python\/.+\.py|LICENSE|README(\.id)?\.md|package\.json)$/

function packed(built: string, folder: string): { tarball: string; problems: readonly string[] } {
  const { status, output } = ran('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], built)
  if (status !== 0) return { tarball: '', problems: [`npm pack: exit ${status}\n${output}`] }
  const answer: unknown = JSON.parse(output.slice(output.search(/^[[{]/m)))
  const [pack] = Object.values(answer as Record<string, { filename: string; files: { path: string }[] }>)
  const strays = pack?.files.filter(({ path }) => !allowed.test(path)) ?? []
  return {
    tarball: join(folder, pack?.filename ?? ''),
    problems: strays.map(({ path }) => `the tarball holds ${path}`),
  }
}

/** A folder with one `node` in it that claims to be `version`. */
function pretendNode(folder: string, version: string): string {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'node'), `#!/bin/sh\necho v${version}\n`)
  chmodSync(join(folder, 'node'), 0o755)
  return folder
}

function tooOld(bin: string, scratch: string): readonly string[] {
  return ['20.20.2', '24.14.1'].flatMap((version) => {
    const path = [pretendNode(join(scratch, `node-${version}`), version), '/usr/bin', '/bin'].join(delimiter)
    const { status, output } = ran(bin, ['--version'], scratch, path)
    const plain = status === 2 && output.includes('24.15') && output.includes(version) && !/\n\s+at /.test(output)
    return plain ? [] : [`on Node ${version}: exit ${status}, wanted a plain message and 2\n${output}`]
  })
}

/** The installed command and library work, on both supported Nodes. */
function installed(home: string, version: string): readonly string[] {
  const bin = join(home, 'node_modules/.bin/pulih')
  const use = `import { version } from 'pulih'; if (version !== '${version}') throw new Error(version)`
  return [dirname(process.execPath), join(root, 'node_modules/node24/bin')].flatMap((node) => {
    const path = [node, '/usr/bin', '/bin'].join(delimiter)
    const said = ran(bin, ['--version'], home, path)
    const spoke = said.status === 0 && said.output.trim().endsWith(version)
    return [
      ...(spoke ? [] : [`installed pulih --version on ${node}: exit ${said.status}\n${said.output}`]),
      ...step(`import of the installed package on ${node}`, 'node', ['--input-type=module', '-e', use], home, path),
    ]
  })
}

function main(scratch: string): readonly string[] {
  const unpacked = join(scratch, 'package')
  const build = step('build', 'sh', ['tools/build.sh', unpacked], root)
  if (build.length > 0) return build
  const { tarball, problems } = packed(unpacked, scratch)
  if (tarball === '') return problems
  const home = join(scratch, 'home')
  mkdirSync(home)
  writeFileSync(join(home, 'package.json'), '{"private":true}')
  // Without scripts: ssh2's optional native speed-up would be compiled for whatever Node npm itself runs on.
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
  const install = step('install', 'npm', ['install', ...quiet, tarball], home)
  const version: string = JSON.parse(readFileSync(join(root, 'package/package.json'), 'utf8')).version
  return [
    ...problems,
    ...step('publint', 'publint', ['run', tarball, '--strict'], root),
    ...step('attw', 'attw', ['--profile', 'esm-only', tarball], root),
    ...install,
    ...(install.length > 0
      ? []
      : [...installed(home, version), ...tooOld(join(home, 'node_modules/.bin/pulih'), scratch)]),
  ]
}

process.env.PATH = [join(root, 'node_modules/.bin'), process.env.PATH ?? ''].join(delimiter)
const scratch = mkdtempSync(join(tmpdir(), 'pulih-package-'))
try {
  conclude(main(scratch), 'the package builds, packs, installs and starts')
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

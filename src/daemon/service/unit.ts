/** What a unit or cron line is made of. Paths are absolute. */
export interface ServiceFacts {
  /** `pulih-finance-bot`: file name without its ending, letters a system accepts. */
  readonly name: string
  readonly app: string
  readonly config: string | null
  /** Program and first words that start pulih: Node and its main file. */
  readonly program: readonly string[]
  /** Whose daemon it is: as numbers; null for a user's own service. */
  readonly owner: { readonly uid: number; readonly gid: number } | null
  /** A file of `NAME=value` lines with the secrets that the configuration names. */
  readonly envFile: string | null
  readonly language: 'id' | 'en'
  /** Output of a cron job, which otherwise becomes mail. */
  readonly log: string
}

export function daemonWords({ program, app, config }: ServiceFacts): readonly string[] {
  return [...program, 'daemon', '--dir', app, ...(config === null ? [] : ['--config', config])]
}

const comments = {
  en: {
    head: 'Written by `pulih service install`; taken away by `pulih service uninstall`.',
    busy: '2: the configuration is wrong, 5: another daemon runs: starting again would not help.',
    stop: 'On stop only the daemon is told; it ends its helpers, and a running backup, cleanly.',
    env: 'Secrets that the configuration names ({"env": …}) are looked up here; it need not exist.',
    kind: 'The bot comes first.',
  },
  id: {
    head: 'Ditulis oleh `pulih service install`; dihapus oleh `pulih service uninstall`.',
    busy: '2: konfigurasi salah, 5: daemon lain sudah jalan: memulai ulang tidak menolong.',
    stop: 'Saat berhenti hanya daemon yang diberi tahu; ia mengakhiri backup yang berjalan dengan rapi.',
    env: 'Rahasia yang disebut konfigurasi ({"env": …}) dicari di sini; boleh tidak ada.',
    kind: 'Bot tetap didahulukan.',
  },
}

/** A systemd unit. `boot`: the system's, else one of a user's own manager. */
export function unitText(facts: ServiceFacts, boot: boolean): string {
  const { app, owner, envFile, language } = facts
  const say = comments[language]
  return [
    `# ${say.head}`,
    '[Unit]',
    `Description=pulih: backups of ${escaped(app)}`,
    ...(boot ? ['After=local-fs.target time-sync.target'] : []),
    '',
    '[Service]',
    'Type=exec',
    `ExecStart=${daemonWords(facts).map(argument).join(' ')}`,
    `WorkingDirectory=${escaped(app)}`,
    ...(owner === null ? [] : [`User=${owner.uid}`, `Group=${owner.gid}`]),
    ...(envFile === null ? [] : [`# ${say.env}`, `EnvironmentFile=-${escaped(envFile)}`]),
    'UMask=0077',
    'Restart=always',
    'RestartSec=10',
    `# ${say.busy}`,
    'RestartPreventExitStatus=2 5',
    `# ${say.stop}`,
    'KillMode=mixed',
    'TimeoutStopSec=90',
    `# ${say.kind}`,
    'Nice=5',
    'IOSchedulingClass=best-effort',
    'IOSchedulingPriority=6',
    'NoNewPrivileges=yes',
    '',
    '[Install]',
    `WantedBy=${boot ? 'multi-user.target' : 'default.target'}`,
    '',
  ].join('\n')
}

/** In an ExecStart line: quoted, with nothing for systemd to expand. */
function argument(word: string): string {
  return `"${escaped(word).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('$', '$$$$')}"`
}

function escaped(text: string): string {
  return text.replaceAll('%', '%%')
}

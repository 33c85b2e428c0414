import type { Registry } from './parse.ts'

/**
 * Every verb, one line each: its file (which exports `command`) is loaded only when the verb runs, or when help asks
 * for its summary. Command files therefore load the act they call inside `run`, not at their top.
 */
export const registry: Registry = {
  status: async () => (await import('./command/status.ts')).command,
  health: async () => (await import('./command/health.ts')).command,
  monitor: async () => (await import('./command/monitor.ts')).command,
  drill: async () => (await import('./command/drill.ts')).command,
  rehearse: async () => (await import('./command/rehearse.ts')).command,
  alerts: async () => (await import('./command/alerts.ts')).command,
  metrics: async () => (await import('./command/metrics.ts')).command,
  init: async () => (await import('./command/init.ts')).command,
  doctor: async () => (await import('./command/doctor.ts')).command,
  backup: async () => (await import('./command/backup.ts')).command,
  list: async () => (await import('./command/list.ts')).command,
  history: async () => (await import('./command/history.ts')).command,
  show: async () => (await import('./command/show.ts')).command,
  verify: async () => (await import('./command/verify.ts')).command,
  pin: async () => (await import('./command/pin.ts')).command,
  unpin: async () => (await import('./command/unpin.ts')).command,
  prune: async () => (await import('./command/prune.ts')).command,
  restore: async () => (await import('./command/restore.ts')).command,
  diff: async () => (await import('./command/diff.ts')).command,
  export: async () => (await import('./command/export.ts')).command,
  'forget-source': async () => (await import('./command/forget-source.ts')).command,
  daemon: async () => (await import('./command/daemon.ts')).command,
  run: async () => (await import('./command/run.ts')).command,
  service: async () => (await import('./command/service.ts')).command,
  trigger: async () => (await import('./command/trigger.ts')).command,
  vault: async () => (await import('./command/vault.ts')).command,
  scenario: async () => (await import('./command/scenario.ts')).command,
  plan: async () => (await import('./command/plan.ts')).command,
  rollback: async () => (await import('./command/rollback.ts')).command,
  checkpoint: async () => (await import('./command/checkpoint.ts')).command,
  menu: async () => (await import('./command/menu.ts')).command,
  demo: async () => (await import('./command/demo.ts')).command,
  completion: async () => (await import('./command/completion.ts')).command,
}

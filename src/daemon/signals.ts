/** What a supervisor hands on to its child; KILL and STOP cannot be caught. */
const handedOn = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGCONT'] as const

/**
 * Until it is disposed every signal to this process goes to `onSignal` alone. Whatever listened before (a command's own
 * Ctrl-C) is silent meanwhile: while the bot runs, its signals are the bot's.
 */
export function takeSignals(onSignal: (signal: NodeJS.Signals) => void): Disposable {
  const before = handedOn.map((name) => [name, process.listeners(name)] as const)
  for (const name of handedOn) {
    process.removeAllListeners(name)
    process.on(name, onSignal)
  }
  return {
    [Symbol.dispose]() {
      for (const [name, listeners] of before) {
        process.removeListener(name, onSignal)
        for (const listener of listeners) process.on(name, listener as NodeJS.SignalsListener)
      }
    },
  }
}

/** These ask the bot to end; the others do not. */
export function asksToEnd(signal: NodeJS.Signals): boolean {
  return ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'].includes(signal)
}

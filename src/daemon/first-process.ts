/**
 * As process 1 of a container everything that loses its parent becomes ours, and stays a zombie unless somebody waits for
 * it. Node waits for its own children only; a POSIX shell waits for all. So this process becomes a small shell that starts
 * the same command again below it, hands every signal on, and ends with its exit code.
 */
export function becomeInit(env: NodeJS.ProcessEnv = process.env): void {
  if (process.pid !== 1 || typeof process.execve !== 'function') return
  const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
  const kept = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  // Node calls `execve` experimental, on the screen of whoever runs the bot.
  process.removeAllListeners('warning')
  process.execve('/bin/sh', ['sh', '-c', script, 'pulih', ...again], Object.fromEntries(kept))
}

const signals = ['HUP', 'INT', 'QUIT', 'TERM', 'USR1', 'USR2', 'WINCH', 'CONT']

/**
 * `wait` also ends when a signal comes, and only then is the child still there. Standard input is handed on by hand: a
 * shell gives its background children an empty one.
 */
const script = `
exec 3<&0
"$@" <&3 3<&- &
child=$!
exec 3<&-
for s in ${signals.join(' ')}; do trap "kill -$s $child 2>/dev/null" $s; done
while :; do
  wait $child
  code=$?
  kill -0 $child 2>/dev/null || exit $code
done
`

let passes = 0

/**
 * Tests only: with `PULIH_FAILPOINT=name` (or `name:3` for the third pass) in the environment this process kills itself
 * here with SIGKILL, as a power cut would. One stands after each durable step of backup, prune and restore; without the
 * variable it does nothing.
 */
export function failpoint(name: string): void {
  const wanted = process.env.PULIH_FAILPOINT
  if (wanted === undefined || wanted === '') return
  const [wantedName, pass = '1'] = wanted.split(':')
  if (wantedName !== name) return
  passes++
  if (passes === Number(pass)) killSelf()
}

function killSelf(): never {
  process.kill(process.pid, 'SIGKILL')
  // Other threads may still run for a moment; this one must not take another step.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
}

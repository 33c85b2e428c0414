import { createConnection, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { type Answer, type Ask, encode, parseAnswer } from '../daemon/protocol.ts'
import { errnoOf } from '../error.ts'

/** One conversation with the daemon. Silence and the end of the line are values: only the caller knows what they mean. */
export interface Talk extends Disposable {
  say(ask: Ask): void
  /** The next answer; `silent` after `limitMs` without one, `ended` when the connection is gone. */
  hear(limitMs: number): Promise<Answer | 'silent' | 'ended'>
}

/** Null when nobody listens on that socket: there is no daemon. Throws what the system says when it may not be asked. */
export async function connect(path: string): Promise<Talk | null> {
  const socket = createConnection(path)
  try {
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  } catch (error) {
    socket.destroy()
    if (['ENOENT', 'ECONNREFUSED', 'ENOTSOCK'].includes(errnoOf(error) ?? '')) return null
    // Its queue of callers is full: somebody listens, and takes no one in any more.
    if (errnoOf(error) === 'EAGAIN') return deaf
    throw error
  }
  return talkOver(socket)
}

const deaf: Talk = { say: () => undefined, hear: async () => 'silent', [Symbol.dispose]: () => undefined }

function talkOver(socket: Socket): Talk {
  const heard: (Answer | 'ended')[] = []
  let wake: (() => void) | null = null
  const tell = (answer: Answer | 'ended'): void => {
    heard.push(answer)
    wake?.()
  }
  createInterface({ input: socket }).on('line', (line) => {
    const answer = parseAnswer(line)
    if (answer !== null) tell(answer)
  })
  // The end of the line says it all; its reason changes nothing for the caller.
  socket.on('error', () => undefined).once('close', () => tell('ended'))
  return {
    say: (ask) => void socket.write(encode(ask)),
    async hear(limitMs) {
      if (heard.length === 0) await waited((resolve) => (wake = resolve), limitMs)
      wake = null
      return heard.shift() ?? 'silent'
    },
    [Symbol.dispose]: () => socket.end(),
  }
}

function waited(listen: (resolve: () => void) => void, limitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, limitMs)
    listen(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}

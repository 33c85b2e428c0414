import { once } from 'node:events'
import { chmodSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import type { App } from '../app/app.ts'
import { writeDurably } from '../disk/draft.ts'
import { diskError } from '../disk/failure.ts'
import { selfIdentity } from '../disk/process.ts'
import { closedAnswer, type Gates } from './gates.ts'
import { linesOf } from './lines.ts'
import { type DaemonPlace, placePath } from './place.ts'
import { type Answer, type Ask, encode, parseAsk, type StatusAnswer, stillEveryMs } from './protocol.ts'
import { socketPath } from './socket.ts'

export interface ServerParts {
  readonly app: () => App
  readonly gates: Gates
  readonly status: () => Omit<StatusAnswer, 'answer'>
  /** ISO; when this daemon began. */
  readonly started: string
}

/** The control socket. Leaving scope hangs up on everybody, waits for what they asked, and takes its address away. */
export class ControlServer implements AsyncDisposable {
  readonly #parts: ServerParts
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #asks = new Set<Promise<void>>()
  readonly #path: string

  private constructor(parts: ServerParts, path: string) {
    this.#parts = parts
    this.#path = path
    this.#server = createServer((socket) => this.#greet(socket))
    this.#server.maxConnections = 500
  }

  /** Call it only while no other daemon of this app can run: a socket that is there already is a dead one's. */
  static async open(parts: ServerParts): Promise<ControlServer> {
    const { state } = parts.app().folders
    const path = socketPath(state)
    const server = new ControlServer(parts, path)
    try {
      await rm(path, { force: true })
      server.#server.listen(path)
      await once(server.#server, 'listening')
      chmodSync(path, 0o600)
    } catch (error) {
      throw diskError(error, 'create', path)
    }
    const place: DaemonPlace = {
      version: 1,
      pid: process.pid,
      process: selfIdentity(),
      socket: path,
      started: parts.started,
    }
    await writeDurably(placePath(state), `${JSON.stringify(place)}\n`)
    return server
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // First the address: whoever comes now finds no daemon, and goes the other way.
    await rm(placePath(this.#parts.app().folders.state), { force: true })
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
    await Promise.all(this.#asks)
    await rm(this.#path, { force: true })
  }

  #greet(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    // A client that is gone hears no answer: what it asked for is done and on record all the same.
    socket.on('error', () => socket.destroy())
    linesOf(socket, (line) => this.#hear(socket, line))
  }

  #hear(socket: Socket, line: string): void {
    const arrivedMs = this.#parts.app().clock.now()
    let ask: Ask
    try {
      ask = parseAsk(line)
    } catch (error) {
      send(socket, { version: 1, id: idIn(line), ...closedAnswer(this.#parts.app(), error) })
      return
    }
    const work = this.#answer(socket, ask, arrivedMs)
    this.#asks.add(work)
    void work.finally(() => this.#asks.delete(work))
  }

  async #answer(socket: Socket, ask: Ask, arrivedMs: number): Promise<void> {
    const { id } = ask
    let open = true
    const reply = (body: Body): void => {
      if (open && !isLast(body)) send(socket, { version: 1, id, ...body })
      else if (open) {
        open = false
        clearInterval(stills)
        send(socket, { version: 1, id, ...body })
      }
    }
    const stills = setInterval(() => reply({ answer: 'still' }), stillEveryMs)
    reply({ answer: 'accepted' })
    await this.#work(ask, arrivedMs, reply)
    clearInterval(stills)
  }

  async #work(ask: Ask, arrivedMs: number, reply: (body: Body) => void): Promise<void> {
    if (ask.ask === 'status') return reply({ answer: 'status', ...this.#parts.status() })
    if (ask.ask === 'trigger') return this.#parts.gates.trigger(ask, arrivedMs, reply)
    return reply(await this.#parts.gates.done(ask))
  }
}

type Body = Answer extends infer A ? (A extends unknown ? Omit<A, 'version' | 'id'> : never) : never

function isLast({ answer }: Body): boolean {
  return answer !== 'accepted' && answer !== 'still'
}

function send(socket: Socket, answer: Answer): void {
  if (!socket.destroyed) socket.write(encode(answer))
}

/** So that even a refused ask finds its asker. */
function idIn(line: string): string {
  return /"id"\s*:\s*"([^"\\]{1,100})"/.exec(line)?.[1] ?? ''
}

import type { Socket } from 'node:net'
import { longestLine } from './protocol.ts'

/** Hands over every whole line that comes in; hangs up on one that is too long. */
export function linesOf(socket: Socket, onLine: (line: string) => void): void {
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() as string
    if (lines.some(isTooLong) || isTooLong(rest)) return socket.destroy()
    for (const line of lines) if (line.trim() !== '') onLine(line)
    return undefined
  })
}

function isTooLong(line: string): boolean {
  return Buffer.byteLength(line) > longestLine
}

import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { diskError } from '../disk/failure.ts'
import { errnoOf, PulihError } from '../error.ts'

/** What fits into a Unix socket's address, its ending zero byte aside. */
const longestPath = process.platform === 'darwin' ? 103 : 107

/**
 * Where the daemon of this state folder listens: in it, or where that path is too long, in a folder of this user's below
 * the system's runtime folder. Throws daemon.no-socket, disk.*.
 */
export function socketPath(state: string, env: NodeJS.ProcessEnv = process.env): string {
  const own = join(state, 'daemon.sock')
  if (fits(own)) return own
  const { uid } = userInfo()
  const name = `${createHash('sha256').update(state).digest('hex').slice(0, 16)}.sock`
  const places = [env.XDG_RUNTIME_DIR, `/run/user/${uid}`, tmpdir(), '/tmp'].filter((one) => one !== undefined)
  const folders = places.filter((one) => existsSync(one)).map((one) => join(one, `pulih-${uid}`))
  const folder = folders.find((one) => fits(join(one, name)) && isOwn(one, uid))
  if (folder === undefined) throw new PulihError('daemon.no-socket', { path: own, places: places.join(', ') })
  return join(folder, name)
}

function fits(path: string): boolean {
  return Buffer.byteLength(path) <= longestPath
}

/** Makes it if need be. A folder that somebody else owns or can enter is none: the socket in it could be theirs. */
function isOwn(folder: string, uid: number): boolean {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS', 'ENOENT'].includes(errnoOf(error) ?? '')) return false
    if (errnoOf(error) !== 'EEXIST') throw diskError(error, 'create', folder)
  }
  const found = lstatSync(folder)
  return found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0
}

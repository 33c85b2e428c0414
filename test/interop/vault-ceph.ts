import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endChild, freePort, run, type Server, waitForPort } from './vault-servers.ts'

export const accessKey = 'pulih-test-key'
export const secretKey = 'pulih-test-secret'

/**
 * A whole Ceph cluster of one monitor, one object store in memory and an S3 gateway, on loopback, without systemd: about
 * a quarter of a minute to start, half a gigabyte of memory.
 */
export async function startCeph(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'pulih-ceph-'))
  const [mon2, mon1, gateway] = [await freePort(), await freePort(), await freePort()]
  const [fsid, osd] = [randomUUID(), randomUUID()]
  const address = `[v2:127.0.0.1:${mon2},v1:127.0.0.1:${mon1}]`
  const conf = join(folder, 'ceph.conf')
  for (const name of ['run', 'mon', 'osd', 'rgw']) await mkdir(join(folder, name))
  await writeFile(conf, cephConf(folder, fsid, address, gateway))
  const children: ChildProcess[] = []
  const start = (program: string, args: readonly string[]): ChildProcess => {
    const child = spawn(program, ['-f', '-c', conf, ...args], { stdio: 'ignore' })
    children.push(child)
    return child
  }
  const end = async () => {
    for (const child of children.toReversed()) await endChild(child)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await makeKeys(folder, fsid, address, conf)
    start('ceph-mon', ['-i', 'a'])
    await ceph(conf, ['osd', 'new', osd])
    await run('ceph-osd', ['-c', conf, '-i', '0', '--mkfs', '--osd-uuid', osd])
    start('ceph-osd', ['-i', '0'])
    await untilUp(conf)
    await waitForPort(gateway, start('radosgw', ['-n', 'client.rgw']), 1200)
    const user = ['--uid=t', '--display-name=t', `--access-key=${accessKey}`, `--secret-key=${secretKey}`]
    await run('radosgw-admin', ['-c', conf, 'user', 'create', ...user], { timeout: 60_000 })
  } catch (error) {
    await end()
    throw error
  }
  const env = { AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey }
  return { url: `s3:http://127.0.0.1:${gateway}`, folder, env, [Symbol.asyncDispose]: end }
}

function cephConf(folder: string, fsid: string, address: string, gateway: number): string {
  return `[global]
fsid = ${fsid}
mon host = ${address}
public network = 127.0.0.0/8
cluster network = 127.0.0.0/8
ms bind ipv6 = false
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = ${folder}/keyring
mon data = ${folder}/mon
osd data = ${folder}/osd
rgw data = ${folder}/rgw
run dir = ${folder}/run
pid file = ${folder}/run/$name.pid
admin socket = ${folder}/run/$name.asok
log file = ${folder}/$name.log
osd objectstore = memstore
memstore device bytes = 4294967296
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pg autoscale mode = off
mon allow pool size one = true
osd crush chooseleaf type = 0
mon osd nearfull ratio = .95
mon osd backfillfull ratio = .97
mon osd full ratio = .99
mon data avail crit = 1
rgw frontends = beast endpoint=127.0.0.1:${gateway}
`
}

async function makeKeys(folder: string, fsid: string, address: string, conf: string): Promise<void> {
  const [keyring, map] = [join(folder, 'keyring'), join(folder, 'monmap')]
  const all = [
    '--cap',
    'mon',
    'allow *',
    '--cap',
    'osd',
    'allow *',
    '--cap',
    'mgr',
    'allow *',
    '--cap',
    'mds',
    'allow *',
  ]
  const add = (name: string, caps: readonly string[]) =>
    run('ceph-authtool', [keyring, '--gen-key', '-n', name, ...caps])
  await run('ceph-authtool', ['--create-keyring', keyring, '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *'])
  await add('client.admin', all)
  await add('client.rgw', ['--cap', 'mon', 'allow rw', '--cap', 'osd', 'allow rwx'])
  await add('osd.0', ['--cap', 'mon', 'allow profile osd', '--cap', 'osd', 'allow *'])
  await run('monmaptool', ['--create', '--fsid', fsid, '--addv', 'a', address, map])
  await run('ceph-mon', ['-c', conf, '--mkfs', '-i', 'a', '--monmap', map, '--keyring', keyring])
}

async function ceph(conf: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run('ceph', ['-c', conf, ...args], { timeout: 60_000 })
  return stdout
}

async function untilUp(conf: string): Promise<void> {
  for (let attempt = 0; attempt < 120; attempt++) {
    if (/\b1 up\b/.test(await ceph(conf, ['osd', 'stat']))) return
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  throw new Error('the object store did not come up')
}

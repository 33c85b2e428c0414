import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isPulihError } from '../error.ts'
import { backupName } from './name.ts'
import { checkRequest } from './request.ts'

const noon = Date.UTC(2025, 7, 2, 5, 0, 0)

test('a name holds type, label and the local time, as the founding document writes it', () => {
  const at = { ms: noon, zone: 'Asia/Jakarta' }
  assert.equal(backupName({ type: 'manual', label: null }, at, []), 'backup_manual_20250802_120000')
  assert.equal(
    backupName({ type: 'pre_deployment', label: 'v2.0.0' }, at, []),
    'backup_pre_deployment_v2.0.0_20250802_120000',
  )
})

test('two backups in one second get different names, also when only the case differs', () => {
  const at = { ms: noon, zone: 'Asia/Jakarta' }
  const taken = ['backup_manual_20250802_120000', 'BACKUP_manual_20250802_120000-2']
  assert.equal(backupName({ type: 'manual', label: null }, at, taken), 'backup_manual_20250802_120000-3')
})

test('types and labels that could leave the folder or the file name are refused with exit 2', () => {
  for (const label of ['a/b', '..\\x', 'a b', '', 'ü', 'x'.repeat(65), 'a\0b'])
    assert.throws(
      () => checkRequest({ type: 'manual', label }),
      (error: unknown) => isPulihError(error, 'backup.bad-label') && error.exit === 2,
    )
  assert.throws(
    () => checkRequest({ type: '../x' }),
    (error: unknown) => isPulihError(error, 'backup.bad-type'),
  )
  checkRequest({ type: 'critical_operation', label: 'v2.0.0-rc.1' })
})

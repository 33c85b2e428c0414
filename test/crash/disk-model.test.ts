import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { requireTool } from '../fixture/peer.ts'
import { runProgram } from '../fixture/pulih.ts'
import { tempFolder } from '../fixture/temp-folder.ts'
import { DiskModel } from './disk-model.ts'
import { readCalls, recording } from './recorded.ts'

const programs: Readonly<Record<string, { code: string; strict: string | null; eager: string | null }>> = {
  'the whole recipe keeps the new bytes': {
    code: "const h = await open(at('draft'), 'w'); await h.write('new'); await h.sync(); await h.close(); await rename(at('draft'), at('file')); const d = await open(at('.')); await d.sync()",
    strict: 'new',
    eager: 'new',
  },
  'without the fsync of the file its name may stand over nothing': {
    code: "await writeFile(at('draft'), 'new'); await rename(at('draft'), at('file')); const d = await open(at('.')); await d.sync()",
    strict: '',
    eager: '',
  },
  'without the fsync of the folder the old name may come back': {
    code: "const h = await open(at('draft'), 'w'); await h.write('new'); await h.sync(); await rename(at('draft'), at('file'))",
    strict: 'old',
    eager: 'new',
  },
  'what is written after the fsync is lost': {
    code: "const h = await open(at('file'), 'a'); await h.write('+1'); await h.sync(); await h.write('+2')",
    strict: 'old+1',
    eager: 'old+1',
  },
  'a copy and a cut-off are followed': {
    code: "await copyFile(at('file'), at('other')); const h = await open(at('other'), 'r+'); await h.truncate(2); await h.write(Buffer.from('X'), 0, 1, 1); await h.sync(); await rename(at('other'), at('file')); const d = await open(at('.')); await d.sync()",
    strict: 'oX',
    eager: 'oX',
  },
}

describe('the disk that keeps only what was fsynced', () => {
  for (const [title, { code, strict, eager }] of Object.entries(programs)) {
    test(title, async (t) => {
      if (!requireTool(t, 'strace')) return
      using folder = tempFolder()
      const place = folder.join('place')
      mkdirSync(place)
      writeFileSync(folder.join('place', 'file'), 'old')
      const model = new DiskModel(place)
      const log = folder.join('log')
      const whole = `import { copyFile, open, rename, writeFile } from 'node:fs/promises'; const at = (name) => process.cwd() + '/' + name; ${code}; process.exit()`
      const ended = await runProgram(process.execPath, ['--input-type=module', '-e', whole], {
        cwd: place,
        under: recording(log),
      })
      assert.equal(ended.code, 0, ended.stderr)
      for (const call of readCalls(log, place)) model.apply(call)
      for (const [mode, wanted] of Object.entries({ strict, eager }) as ['strict' | 'eager', string | null][]) {
        model.layOut(folder.join(mode), mode)
        const file = folder.join(mode, 'file')
        assert.equal(existsSync(file) ? readFileSync(file, 'utf8') : null, wanted, mode)
      }
    })
  }
})

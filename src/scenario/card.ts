import { hostname } from 'node:os'
import { join } from 'node:path'
import type { App } from '../app/app.ts'
import { listBackups } from '../catalogue/catalogue.ts'
import { redact } from '../catalogue/redact.ts'
import { makeFolder, writeDurably } from '../disk/draft.ts'
import { cardWords } from '../message/card.ts'
import type { Language } from '../message/sentence.ts'
import { isoWithOffset } from '../time/zone.ts'
import { shellLine } from './pulih-command.ts'

export interface Card {
  readonly text: string
  readonly html: string
}

/** Writes the one-page card for the worst day, as text and as a page to print: places and commands, no secret. */
export async function writeCard(
  app: App,
  language: Language,
): Promise<{ readonly text: string; readonly html: string }> {
  const card = await makeCard(app, language)
  const paths = {
    text: join(app.folders.backups, 'RECOVERY_CARD.txt'),
    html: join(app.folders.backups, 'RECOVERY_CARD.html'),
  }
  await makeFolder(app.folders.backups)
  await writeDurably(paths.text, card.text)
  await writeDurably(paths.html, card.html)
  return paths
}

async function makeCard(app: App, language: Language): Promise<Card> {
  const newest = (await listBackups(app)).find(({ state, type }) => state === 'proven' && type !== 'safety')
  const { stop, start, smokeTest } = app.config.app
  const facts = {
    host: hostname(),
    printed: isoWithOffset(app.clock.now(), app.zone).slice(0, 16).replace('T', ' '),
    app: app.folders.app,
    backups: app.folders.backups,
    archives: app.folders.archives,
    newest: newest === undefined ? null : `${newest.name}.zip (${newest.created.slice(0, 16).replace('T', ' ')})`,
    vault: app.config.vault === null ? null : redact(app.config.vault.repository, app),
    rebuild: shellLine(['pulih', 'scenario', 'disaster', '--from', app.folders.backups, '--yes']),
    service: [stop, start, smokeTest].map((one) => (one === null ? null : redact(one, app))),
  }
  const { title, sections } = cardWords(facts)[language]
  return { text: asText(title, sections), html: asPage(title, sections, language) }
}

type Sections = readonly { readonly title: string; readonly lines: readonly string[] }[]

function asText(title: string, sections: Sections): string {
  const parts = sections.map((one, at) =>
    [`${at + 1}. ${one.title}`, ...one.lines.map((line) => `   ${line}`), ''].join('\n'),
  )
  return [title, '='.repeat(Math.min(72, title.length)), '', ...parts].join('\n')
}

function asPage(title: string, sections: Sections, language: Language): string {
  const safe = (line: string): string => line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const list = sections
    .map(
      (one) =>
        `<h2>${safe(one.title)}</h2>\n<ul>\n${one.lines.map((line) => `<li>${safe(line)}</li>`).join('\n')}\n</ul>`,
    )
    .join('\n')
  const look =
    '@page{size:A4;margin:15mm}body{font:11pt/1.35 sans-serif;max-width:180mm}h1{font-size:16pt}h2{font-size:12pt;margin:.7em 0 .2em}li{font-family:monospace;overflow-wrap:anywhere}'
  return `<!doctype html>\n<html lang="${language}">\n<head><meta charset="utf-8"><title>${safe(title)}</title><style>${look}</style></head>\n<body>\n<h1>${safe(title)}</h1>\n${list}\n</body>\n</html>\n`
}

// S3's answers are flat lists of a few known elements without attributes that matter: no general XML reader is needed.

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/** Texts of every element of that name, in order; elements of one name are never nested in these answers. */
export function textsOf(xml: string, element: string): readonly string[] {
  const found = xml.matchAll(new RegExp(`<${element}(?:\\s[^>]*)?>([^]*?)</${element}>`, 'g'))
  return [...found].map((match) => match[1] as string)
}

/** The unescaped text of the first such element, or null. */
export function textOf(xml: string, element: string): string | null {
  const [first] = textsOf(xml, element)
  return first === undefined ? null : unescapeXml(first)
}

function unescapeXml(text: string): string {
  return text.replace(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w+));/g, (all, hex, decimal, name) => {
    if (name !== undefined) return entities[name] ?? all
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : all
  })
}

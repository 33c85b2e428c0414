const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/**
 * Reads `30s`, `10m`, `2h`, `1d`, `1w`, fractions (`1.5h`), sums (`1h30m`), and a plain number as seconds.
 * Returns milliseconds; null for anything else, negative and absurd (over a century) ones included.
 */
export function parseDuration(text: string): number | null {
  const trimmed = text.trim().toLowerCase()
  const ms = /^\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) * 1000 : sumOfParts(trimmed)
  return ms === null || ms > 36_525 * unitMs.d ? null : Math.round(ms)
}

function sumOfParts(text: string): number | null {
  if (!/^(\d+(\.\d+)?\s*[smhdw]\s*)+$/.test(text)) return null
  let ms = 0
  for (const [, number = '', unit = 's'] of text.matchAll(/(\d+(?:\.\d+)?)\s*([smhdw])/g)) {
    ms += Number(number) * unitMs[unit as keyof typeof unitMs]
  }
  return ms
}

/**
 * Literals of double-precision numbers that every SQLite reads back to the same 64 bits.
 *
 * SQLite before 3.43 turns decimals into doubles with a few roundings, so that the shortest form is now and then read
 * one bit off. A decimal is used only where no such reader can go wrong; otherwise the number is written as what it is,
 * a whole number times a power of two, in arithmetic that rounds nowhere: `7205759403792794*1.0/72057594037927936`.
 */
export function realLiteral(value: number): string {
  if (Number.isNaN(value)) return 'NULL'
  if (!Number.isFinite(value)) return value > 0 ? '9e999' : '-9e999'
  if (Number.isInteger(value) && Math.abs(value) <= 2 ** 53) return Object.is(value, -0) ? '-0.0' : `${value}.0`
  const sign = value < 0 ? '-' : ''
  return sign + (safeDecimal(Math.abs(value)) ?? exactForm(Math.abs(value)))
}

/** Digits, and places after the point, of the shortest decimal that means `value`. */
function shortest(value: number): { readonly digits: bigint; readonly places: number } {
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e')
  const [whole = '', part = ''] = mantissa.split('.')
  return { digits: BigInt(whole + part), places: part.length - Number(exponent) }
}

/**
 * The shortest decimal, if a reader that rounds once or twice (in 53 bits or more) must get it right: at most 15 digits
 * over a power of ten that is exact, and clearly nearer to `value` than the middle between two doubles.
 */
function safeDecimal(value: number): string | null {
  const { digits, places } = shortest(value)
  if (places < 1 || places > 22 || digits >= 10n ** 15n) return null
  const { whole, power } = parts(value)
  if (power >= 0) return null
  // |digits / 10^places - whole * 2^power| against 0.4 * 2^power, both sides times 10^places * 2^-power.
  const scale = 10n ** BigInt(places)
  const away = digits * (1n << BigInt(-power)) - whole * scale
  if ((away < 0n ? -away : away) * 10n > 4n * scale) return null
  const text = digits.toString().padStart(places + 1, '0')
  return `${text.slice(0, -places)}.${text.slice(-places)}`
}

/** `value` as `whole * 2^power`, `whole` with all its 53 bits. */
function parts(value: number): { readonly whole: bigint; readonly power: number } {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, value)
  const word = bits.getBigUint64(0)
  const exponent = Number((word >> 52n) & 0x7ffn)
  const fraction = word & ((1n << 52n) - 1n)
  return exponent === 0 ? { whole: fraction, power: -1074 } : { whole: fraction | (1n << 52n), power: exponent - 1075 }
}

/** Largest power of two that is a 64-bit integer literal and exact as a double. */
const stride = 62

function exactForm(value: number): string {
  let { whole, power } = parts(value)
  while (power < 0 && whole % 2n === 0n) {
    whole /= 2n
    power++
  }
  const step = power < 0 ? '/' : '*'
  let text = `${whole}*1.0`
  for (let rest = Math.abs(power); rest > 0; rest -= stride) text += `${step}${1n << BigInt(Math.min(rest, stride))}`
  return text
}

/** `pulih` with these words as one types it, quoted where a shell needs it. */
export function commandLine(words: readonly string[]): string {
  return ['pulih', ...words].map(quoted).join(' ')
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

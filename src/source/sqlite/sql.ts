/** As an SQL name, whatever is in it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

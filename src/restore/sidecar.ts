/** Files SQLite keeps beside a database and would replay into whatever lies under its name. */
export const sidecars = ['-wal', '-shm', '-journal'] as const

/** What is appended to a database's path; empty for the database itself. */
export type Suffix = '' | (typeof sidecars)[number]

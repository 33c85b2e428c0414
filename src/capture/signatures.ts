/**
 * What the files of a source looked like when it was captured: opaque text per relative path. Equal and trustworthy
 * (`isUnchanged`) means: the same bytes as then. Kept in the index; losing it costs one full capture.
 */
export type Signatures = Readonly<Record<string, string>>

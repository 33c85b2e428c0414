/**
 * The zip comment of our archives (unzip prints it): points to RESTORE.txt, and holds the SHA-256 of the file's last part,
 * from the local header of RESTORE.txt to the end of the central directory.
 */
export function commentFor(lastPartSha256: string): string {
  return `RESTORE.txt: cara memulihkan / how to recover. tail-sha256:${lastPartSha256}`
}

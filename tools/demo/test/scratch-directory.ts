import { chmodSync, mkdtempSync, rmSync } from 'node:fs';

/** A data directory of its own that the database user can enter; with a space in its path, as users have them. */
export function scratchDirectory(name: string): { path: string; remove(): void } {
  const path = mkdtempSync(`/var/tmp/samenhang ${name}-`);
  chmodSync(path, 0o711);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

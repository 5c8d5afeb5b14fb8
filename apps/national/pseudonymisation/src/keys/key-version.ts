/** One version of a recipient's key. Its key stays in the key store; this only says where and when. */
export interface KeyVersion {
  readonly version: number;
  readonly label: string;
  readonly activeFrom: Date;
  readonly activeUntil: Date | null;
  readonly destroyedAt: Date | null;
  /** When the recipient reported that it keeps nothing under it. */
  readonly releasedAt: Date | null;
}

/** What is evaluated now, newest first: overlapping versions are all evaluated, so that a recipient can move over. */
export function activeAt(versions: readonly KeyVersion[], now: Date): KeyVersion[] {
  return versions
    .filter(({ destroyedAt }) => destroyedAt === null)
    .filter(({ activeFrom, activeUntil }) => activeFrom <= now && (activeUntil === null || now < activeUntil))
    .sort((a, b) => b.version - a.version);
}

/** A version whose end has passed; only then may its key be destroyed. */
export function isExpired({ activeUntil }: KeyVersion, now: Date): boolean {
  return activeUntil !== null && activeUntil <= now;
}

/** Where a statement stands among all that sources said: what decides which of two statements about one resource holds. */
export interface SourceStamp {
  readonly sourceId: string;
  readonly position: number;
  /** ISO 8601. */
  readonly receivedAt: string;
  readonly mappingVersion: string;
}

/**
 * Positive when `a` supersedes `b`. Within a source its own order counts, and for one message the newest mapping; between
 * sources (a shared practitioner, say) the moment of receipt, with the source's name to break a tie.
 */
export function compareStamps(a: SourceStamp, b: SourceStamp): number {
  if (a.sourceId === b.sourceId) {
    return (
      a.position - b.position || a.mappingVersion.localeCompare(b.mappingVersion, 'en', { numeric: true })
    );
  }
  return Date.parse(a.receivedAt) - Date.parse(b.receivedAt) || (a.sourceId < b.sourceId ? -1 : 1);
}

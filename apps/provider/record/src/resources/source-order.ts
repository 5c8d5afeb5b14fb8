/** Where a statement stands among all that sources said: what decides which of two statements about one resource holds. */
export interface SourceStamp {
  readonly sourceId: string;
  readonly position: number;
  /** ISO 8601. */
  readonly receivedAt: string;
  readonly mappingVersion: string;
}

/**
 * Positive when `a` supersedes `b`. Within a source its own order counts, and for one message the latest replay, then the newest
 * mapping; between sources (a shared practitioner, say) the moment of receipt, with the source's name to break a tie.
 */
export function compareStamps(a: SourceStamp, b: SourceStamp): number {
  if (a.sourceId === b.sourceId) {
    return a.position - b.position || compareVersions(a.mappingVersion, b.mappingVersion);
  }
  return Date.parse(a.receivedAt) - Date.parse(b.receivedAt) || (a.sourceId < b.sourceId ? -1 : 1);
}

/** A replay by earlier rules is a decision of a person: it holds over what newer rules made before it. */
function compareVersions(a: string, b: string): number {
  const [replayOfA, replayOfB] = [replayTimeOf(a), replayTimeOf(b)];
  if (replayOfA !== replayOfB) return replayOfA < replayOfB ? -1 : 1;
  return a.localeCompare(b, 'en', { numeric: true });
}

/** The digits of an ISO 8601 instant, as `normalise` adds them; empty for what no replay made. */
function replayTimeOf(mappingVersion: string): string {
  return /[+.](\d{17})$/.exec(mappingVersion)?.[1] ?? '';
}

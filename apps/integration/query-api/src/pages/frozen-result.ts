import { writeSearchset, type SearchsetEntry } from '@samenhang/fhir-http';

/** A fact that matches, and the addresses of what comes along with it. */
export interface FrozenMatch {
  readonly entry: SearchsetEntry;
  readonly companions: readonly string[];
}

/** The whole result of a search at one moment. Sources are never paged live: pages of one search agree with each other. */
export interface FrozenResult {
  readonly self: string;
  readonly total?: number;
  readonly matches: readonly FrozenMatch[];
  readonly companions: ReadonlyMap<string, SearchsetEntry>;
  /** On every page: a source that is missing is missing from each. */
  readonly outcome: SearchsetEntry;
  /** Matches on a page. */
  readonly count: number;
}

/** The page from this match on. */
export function writePage(result: FrozenResult, offset: number, next: string | undefined): string {
  const { self, total, outcome, companions } = result;
  const matches = matchesOfPage(result, offset);
  const addresses = new Set(matches.flatMap((match) => match.companions));
  for (const { entry } of matches) addresses.delete(entry.fullUrl);
  const along = [...addresses].flatMap((address) => companions.get(address) ?? []);
  const entries = [...matches.map(({ entry }) => entry), ...along, outcome];
  return [
    ...writeSearchset({
      self,
      entries,
      ...(next === undefined ? {} : { next }),
      ...(total === undefined ? {} : { total }),
    }),
  ].join('');
}

export function matchesOfPage({ matches, count }: FrozenResult, offset: number): readonly FrozenMatch[] {
  return matches.slice(offset, offset + count);
}

/** Where the next page begins; undefined after the last one. */
export function nextOffset({ matches, count }: FrozenResult, offset: number): number | undefined {
  return count > 0 && offset + count < matches.length ? offset + count : undefined;
}

/** About as many bytes as it takes in memory. */
export function sizeOf({ matches, companions, outcome }: FrozenResult): number {
  const sum = (entries: Iterable<SearchsetEntry>): number =>
    [...entries].reduce((total, { body, fullUrl }) => total + 2 * (body.length + fullUrl.length), 0);
  return sum(matches.map(({ entry }) => entry)) + sum(companions.values()) + sum([outcome]);
}

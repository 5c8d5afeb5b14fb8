import type { SearchsetEntry } from '@samenhang/fhir-http';
import type { FrozenMatch, FrozenResult } from '../pages/frozen-result.js';
import { isRecord } from '../sources/json-shape.js';
import type { PatientView } from './view-bundle.js';

/**
 * A view in pages of so many facts. With a fact comes what it refers to and what refers to it, such as its Provenance; what
 * belongs to no fact is on the first page, and what the sources said of themselves on each.
 */
export function pagedView({ entries, total }: PatientView, self: string, count: number): FrozenResult {
  const all = entries();
  const of = (wanted: SearchsetEntry['mode']): SearchsetEntry[] => all.filter(({ mode }) => mode === wanted);
  const [outcome] = of('outcome');
  const companions = new Map(of('include').map((one) => [one.fullUrl, one]));
  const about = companionsByTarget(of('include'));
  const matches = of('match').map((entry): FrozenMatch => {
    const named = referencesOf(entry).filter((address) => companions.has(address));
    return { entry, companions: [...named, ...(about.get(entry.fullUrl) ?? [])] };
  });
  const taken = new Set(matches.flatMap((match) => match.companions));
  const rest = [...companions.keys()].filter((address) => !taken.has(address));
  return {
    self,
    matches: matches.map((match, index) =>
      index === 0 ? { ...match, companions: [...match.companions, ...rest] } : match,
    ),
    companions,
    outcome: { fullUrl: '', body: outcome?.body ?? '{}', mode: 'outcome' },
    count,
    ...(total === undefined ? {} : { total }),
  };
}

/** What comes along, by the addresses of what it refers to. */
function companionsByTarget(entries: readonly SearchsetEntry[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const one of entries)
    for (const address of referencesOf(one)) found.set(address, [...(found.get(address) ?? []), one.fullUrl]);
  return found;
}

/** Absolute, whichever way the source wrote them. */
function referencesOf({ fullUrl, body }: SearchsetEntry): string[] {
  const base = fullUrl.split('/').slice(0, -2).join('/');
  return [...new Set(referencesIn(JSON.parse(body)))].map((reference) =>
    /^(?:https?:|urn:)/.test(reference) ? reference : `${base}/${reference}`,
  );
}

function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isRecord(value)) return [];
  const { reference } = value;
  return [
    ...(typeof reference === 'string' ? [reference] : []),
    ...Object.values(value).flatMap(referencesIn),
  ];
}

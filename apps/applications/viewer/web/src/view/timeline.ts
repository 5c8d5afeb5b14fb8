import type { Fact } from '@samenhang/client';
import { viewSections, type ViewSection } from '@samenhang/client/sections';
import type { ShownView } from '../../../src/shown-view.js';

export interface TimelineEntry {
  readonly kind: ViewSection;
  readonly fact: Fact;
}

export function factsOf(view: ShownView, kind: ViewSection): readonly Fact[] {
  return kind === 'documents' ? view.documents.map(({ fact }) => fact) : view[kind];
}

/** Every fact that stands, newest first; what has no date comes last. */
export function timelineOf(view: ShownView): readonly TimelineEntry[] {
  return viewSections
    .flatMap((kind) => factsOf(view, kind).map((fact) => ({ kind, fact })))
    .toSorted((a, b) => compare(b.fact.date ?? '', a.fact.date ?? ''));
}

/** By how they are written: dates of one length or another, of which the zone changes little. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export interface TimelineFilter {
  readonly words: string;
  /** All when empty. */
  readonly kind: ViewSection | '';
  /** URA of a care provider; all when empty. */
  readonly source: string;
  /** `YYYY-MM-DD`, or empty: no limit. */
  readonly from: string;
  readonly until: string;
}

export const everything: TimelineFilter = { words: '', kind: '', source: '', from: '', until: '' };

/** Which entries fit. A fact without a date fits any period: that it has none says nothing about when it held. */
export function entriesThatFit(
  entries: readonly TimelineEntry[],
  filter: TimelineFilter,
  wordsOf: (entry: TimelineEntry) => string,
): readonly TimelineEntry[] {
  const wanted = folded(filter.words).split(/\s+/).filter(Boolean);
  return entries.filter((entry) => {
    const { kind, fact } = entry;
    if (filter.kind !== '' && kind !== filter.kind) return false;
    if (filter.source !== '' && !fact.sources.some(({ custodian }) => custodian === filter.source))
      return false;
    if (!isInPeriod(fact.date, filter)) return false;
    if (wanted.length === 0) return true;
    const words = wordsOf(entry);
    return wanted.every((word) => words.includes(word));
  });
}

/** A date of less precision than a day fits when any of its days does. */
function isInPeriod(date: string | undefined, { from, until }: TimelineFilter): boolean {
  if (date === undefined) return true;
  const first = `${date}${'-01-01'.slice(Math.max(0, date.length - 4))}`.slice(0, 10);
  const last = `${date}${'-12-31'.slice(Math.max(0, date.length - 4))}`.slice(0, 10);
  return (from === '' || last >= from) && (until === '' || first <= until);
}

/** Texts for people in a resource: what is written in it, not how it is coded. */
const wordElements: ReadonlySet<string> = new Set([
  'display',
  'text',
  'title',
  'description',
  'note',
  'unit',
  'valueString',
]);

/** Finds the words of an entry once: those of its line, and those in the resource behind it. */
export function wordFinder(): (entry: TimelineEntry) => string {
  const found = new WeakMap<TimelineEntry, string>();
  return (entry) => {
    const known = found.get(entry);
    if (known !== undefined) return known;
    const { label, value, status, sources, resource } = entry.fact;
    const names = sources.map(({ custodianName, custodian }) => `${custodianName ?? ''} ${custodian}`);
    const parts = [label, value, status, ...names, ...wordsIn(resource)];
    const words = folded(parts.filter((part) => part !== undefined).join(' '));
    found.set(entry, words);
    return words;
  };
}

function wordsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(wordsIn);
  return Object.entries(value).flatMap(([name, inner]) =>
    typeof inner === 'string' ? (wordElements.has(name) ? [inner] : []) : wordsIn(inner),
  );
}

/** Without regard to case and accents. */
function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();
}

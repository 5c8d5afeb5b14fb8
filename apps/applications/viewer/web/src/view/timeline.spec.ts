import type { Fact } from '@samenhang/client';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  entriesThatFit,
  everything,
  wordFinder,
  type TimelineEntry,
  type TimelineFilter,
} from './timeline.js';

function entry(
  parts: Partial<Fact> & Pick<Fact, 'label'>,
  kind: TimelineEntry['kind'] = 'problems',
): TimelineEntry {
  const fact = {
    resource: { resourceType: 'Condition', id: 'c' },
    address: `https://h.example/Condition/${parts.label}`,
    sources: [{ custodian: '11111111', custodianName: 'Zonneweg', system: 'urn:s' }],
    conflicts: [],
    differences: [],
    ...parts,
  };
  return { kind, fact };
}

const labels = (entries: readonly TimelineEntry[], filter: Partial<TimelineFilter>): string[] =>
  entriesThatFit(entries, { ...everything, ...filter }, wordFinder()).map(({ fact }) => fact.label);

describe('a search of the timeline', () => {
  it('finds words without regard to case and accents, in the line and in the resource behind it', () => {
    const note = {
      resourceType: 'Condition',
      id: 'c',
      note: [{ text: 'Sinds de verhuizing' }],
      code: { coding: [{ code: 'x9' }] },
    };
    const entries = [
      entry({ label: 'Ménière' }),
      entry({ label: 'Hypertensie', value: 'licht', resource: note }),
    ];
    expect(labels(entries, { words: 'MENIERE' })).toEqual(['Ménière']);
    expect(labels(entries, { words: 'verhuizing licht' })).toEqual(['Hypertensie']);
    expect(labels(entries, { words: 'zonneweg' })).toEqual(['Ménière', 'Hypertensie']);
    // Codes are not words.
    expect(labels(entries, { words: 'x9' })).toEqual([]);
  });

  it('keeps to a kind and a source', () => {
    const sources = [{ custodian: '22222222', system: 'urn:s' }];
    const entries = [entry({ label: 'a' }), entry({ label: 'b', sources }, 'medication')];
    expect(labels(entries, { kind: 'medication' })).toEqual(['b']);
    expect(labels(entries, { source: '11111111' })).toEqual(['a']);
    expect(labels(entries, { source: '11111111', kind: 'medication' })).toEqual([]);
  });

  it('takes a date for as long as it lasts, and one that is not known for any', () => {
    const entries = ['2026', '2026-05', '2026-05-10', '2026-05-10T23:00:00+02:00'].map((date) =>
      entry({ label: date, date }),
    );
    const all = [...entries, entry({ label: 'undated' })];
    expect(labels(all, { from: '2026-05-11', until: '2026-05-31' })).toEqual(['2026', '2026-05', 'undated']);
    expect(labels(all, { from: '2026-05-10', until: '2026-05-10' })).toHaveLength(5);
    expect(labels(all, { until: '2025-12-31' })).toEqual(['undated']);
    expect(labels(all, { from: '2027-01-01' })).toEqual(['undated']);
  });

  it('shows everything when nothing is asked, and never more by asking more', () => {
    const word = fc.constantFrom('a', 'é', 'licht', '', ' ');
    const entries = ['a', 'é', 'licht a', 'Licht É'].map((label) => entry({ label }));
    expect(labels(entries, {})).toHaveLength(entries.length);
    fc.assert(
      fc.property(word, word, (one, other) => {
        const few = labels(entries, { words: `${one} ${other}` });
        expect(labels(entries, { words: one })).toEqual(expect.arrayContaining(few));
      }),
    );
  });
});

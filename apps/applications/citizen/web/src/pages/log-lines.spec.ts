import { describe, expect, it } from 'vitest';
import { linesThatFit, type LogFilter, type LogLine } from './log-lines.js';

const line = (text: string, parts: Partial<LogLine> = {}): LogLine => ({
  when: '2026-11-22T10:00:00Z',
  text,
  emergency: false,
  intact: true,
  outcome: 'granted',
  who: { organisation: '11111111' },
  ...parts,
});
const lines = [
  line('Uzelf via citizen', { who: {} }),
  line('Huisarts van huisartsenpraktijk'),
  line('Noodgeval. Arts van ziekenhuis', { emergency: true }),
  line('Tandarts', { outcome: 'denied' }),
];
const shown = (filter: Partial<LogFilter>): string[] =>
  linesThatFit(lines, { only: 'all', words: '', ...filter }).map(({ text }) => text);

describe('a search of the log', () => {
  it('keeps to what others did, to emergencies, or to what was refused', () => {
    expect(shown({})).toHaveLength(4);
    expect(shown({ only: 'others' })).not.toContain('Uzelf via citizen');
    expect(shown({ only: 'emergency' })).toEqual(['Noodgeval. Arts van ziekenhuis']);
    expect(shown({ only: 'refused' })).toEqual(['Tandarts']);
  });

  it('finds words without regard to case', () => {
    expect(shown({ words: ' HUISARTS ' })).toEqual(['Huisarts van huisartsenpraktijk']);
    expect(shown({ words: 'arts', only: 'refused' })).toEqual(['Tandarts']);
  });
});

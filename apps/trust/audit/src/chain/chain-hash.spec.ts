import { describe, expect, it } from 'vitest';
import { emptyChain, extendChain, findBreak } from './chain-hash.js';

const links = extendChain('22222222', emptyChain, ['{"a":1}', '{"b":2}', '{"c":3}']);

describe('a chain', () => {
  it('follows from the events before it', () => {
    expect(links.map((link) => link.sequence)).toEqual([1, 2, 3]);
    expect(findBreak('22222222', emptyChain, links)).toBeUndefined();
    expect(extendChain('22222222', links[0] ?? emptyChain, ['{"b":2}'])[0]).toEqual(links[1]);
  });

  it.each([
    ['changed', links.map((link) => (link.sequence === 2 ? { ...link, content: '{"b":3}' } : link)), 2],
    ['removed', links.filter((link) => link.sequence !== 2), 2],
    [
      'swapped',
      [links[1], links[0], links[2]].map((link, index) => ({
        content: '',
        hash: '',
        ...link,
        sequence: index + 1,
      })),
      1,
    ],
    ['renumbered', links.map((link) => ({ ...link, sequence: link.sequence + 1 })), 1],
  ])('shows an event that was %s', (_, altered, at) =>
    expect(findBreak('22222222', emptyChain, altered)).toBe(at),
  );

  it('is of one stream', () => expect(findBreak('11111111', emptyChain, links)).toBe(1));
});

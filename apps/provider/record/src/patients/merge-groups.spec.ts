import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { regroup, type MergeStatement, type PatientNode } from './merge-groups.js';

const tenant = '22222222';
const node = (key: number, bsnKey: string | null = null): PatientNode => ({
  key,
  tenant,
  patientId: `p${key}`,
  root: key,
  ownBsnKey: bsnKey,
  bsnKey,
  replacedBy: null,
  replacedAtPosition: null,
});
const merge = (replaced: number, survivor: number, position: number): MergeStatement => ({
  tenant,
  replaced: `p${replaced}`,
  survivor: `p${survivor}`,
  position,
});
const undo = (replaced: number, position: number): MergeStatement => ({
  tenant,
  replaced: `p${replaced}`,
  survivor: null,
  position,
});
const after = (
  nodes: PatientNode[],
  merges: MergeStatement[],
  bsnKeys = new Map<number, string | null>(),
) => {
  const changed = new Map(regroup(nodes, merges, bsnKeys).map((one) => [one.key, one]));
  return nodes.map((one) => changed.get(one.key) ?? one);
};
const roots = (nodes: PatientNode[]) => nodes.map(({ root }) => root);

describe('who is one person with whom', () => {
  it('follows chains of merges', () => {
    expect(roots(after([node(1), node(2), node(3)], [merge(1, 2, 1), merge(2, 3, 2)]))).toEqual([3, 3, 3]);
  });

  it('lets the latest statement decide a circle', () => {
    expect(roots(after([node(1), node(2)], [merge(1, 2, 1), merge(2, 1, 2)]))).toEqual([1, 1]);
    expect(
      roots(after([node(1), node(2), node(3)], [merge(1, 2, 1), merge(2, 3, 2), merge(3, 1, 3)])),
    ).toEqual([1, 1, 1]);
  });

  it('lets the latest statement about a Patient hold', () => {
    expect(roots(after([node(1), node(2), node(3)], [merge(1, 2, 1), merge(1, 3, 2)]))).toEqual([3, 2, 3]);
  });

  it('lets an undone merge stand apart again, whichever comes first, until a later merge', () => {
    const pair = [node(1), node(2)];
    expect(roots(after(pair, [merge(1, 2, 1), undo(1, 2)]))).toEqual([1, 2]);
    expect(roots(after(after(pair, [undo(1, 2)]), [merge(1, 2, 1)]))).toEqual([1, 2]);
    expect(roots(after(after(pair, [undo(1, 2)]), [merge(1, 2, 3)]))).toEqual([2, 2]);
    expect(roots(after(after(pair, [undo(1, 1)]), [merge(1, 2, 1)]))).toEqual([1, 2]);
  });

  it('undoes one link of a chain only', () => {
    const chain = [merge(1, 2, 1), merge(2, 3, 2)];
    expect(roots(after([node(1), node(2), node(3)], [...chain, undo(2, 3)]))).toEqual([2, 2, 3]);
    expect(roots(after([node(1), node(2), node(3)], [...chain, undo(1, 3)]))).toEqual([1, 3, 3]);
  });

  it('takes the BSN of the survivor, or the one the others agree on, and guesses between none', () => {
    expect(after([node(1, 'x'), node(2, 'y')], [merge(1, 2, 1)]).map(({ bsnKey }) => bsnKey)).toEqual([
      'y',
      'y',
    ]);
    expect(after([node(1, 'x'), node(2)], [merge(1, 2, 1)]).map(({ bsnKey }) => bsnKey)).toEqual(['x', 'x']);
    const doubtful = after([node(1, 'x'), node(2, 'y'), node(3)], [merge(1, 3, 1), merge(2, 3, 1)]);
    expect(doubtful.map(({ bsnKey }) => bsnKey)).toEqual([null, null, null]);
  });

  it('follows a corrected BSN', () => {
    expect(after([node(1, 'x')], [], new Map([[1, 'y']]))[0]).toMatchObject({ ownBsnKey: 'y', bsnKey: 'y' });
    expect(after([node(1, 'x')], [], new Map([[1, null]]))[0]).toMatchObject({
      ownBsnKey: null,
      bsnKey: null,
    });
  });

  it('reports nothing when nothing changes', () => {
    expect(regroup([node(1, 'x'), node(2)], [merge(1, 1, 1)], new Map([[1, 'x']]))).toEqual([]);
  });

  it('ends the same whether merges come one by one or together, in any order', () => {
    const number = fc.integer({ min: 1, max: 5 });
    const statement = fc
      .tuple(number, fc.option(number, { nil: null, freq: 3 }), fc.integer({ min: 1, max: 4 }))
      .map(([replaced, survivor, position]) =>
        survivor === null ? undo(replaced, position) : merge(replaced, survivor, position),
      );
    const pair = fc
      .array(statement, { maxLength: 8 })
      .chain((list) =>
        fc.tuple(
          fc.constant(list),
          fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
        ),
      );
    fc.assert(
      fc.property(pair, ([merges, shuffled]) => {
        const nodes = [node(1, 'x'), node(2, 'y'), node(3), node(4), node(5, 'x')];
        const together = after(nodes, merges);
        const oneByOne = shuffled.reduce((state, one) => after(state, [one]), nodes);
        expect(oneByOne).toEqual(together);
        for (const { root } of together) expect(together.find(({ key }) => key === root)?.root).toBe(root);
      }),
    );
  });
});

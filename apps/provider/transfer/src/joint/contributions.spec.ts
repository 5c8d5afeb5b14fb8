import { getUra } from '@samenhang/data-model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  changesBetween,
  contributorOf,
  nextVersion,
  type JointResource,
  type Members,
} from './contributions.js';

const keeper = getUra('11111111');
const authors = [keeper, getUra('22222222'), getUra('33333333')] as const;
const plan = (more: object = {}): JointResource => ({
  resourceType: 'CarePlan',
  id: 'plan',
  status: 'active',
  intent: 'plan',
  ...more,
});
let made = 0;
const newId = (): string => `made-${(made += 1)}`;
const goals = (resource: JointResource): Members[] => (resource['goal'] ?? []) as Members[];

/** One after the other, each author adds, changes or removes something, or tries to. */
const attempts = fc.array(
  fc.record({
    author: fc.constantFrom(...authors),
    act: fc.constantFrom('add' as const, 'change' as const, 'remove' as const, 'head' as const),
    at: fc.nat(5),
  }),
  { maxLength: 20 },
);

describe('a joint record', () => {
  it('keeps what each author contributed, whatever the others try', () => {
    fc.assert(
      fc.property(attempts, (steps) => {
        let version = nextVersion(undefined, plan(), keeper, keeper, newId);
        for (const { author, act, at } of steps) {
          const before = version;
          const own = (element: Members | undefined): boolean =>
            element !== undefined && contributorOf(element) === author;
          const [target] = [goals(before)[at]];
          const rest = goals(before).filter((_, index) => index !== at);
          const wanted =
            act === 'add'
              ? { ...before, goal: [...goals(before), { reference: `Goal/${at}` }] }
              : act === 'head'
                ? { ...before, title: `title ${at}` }
                : { ...before, goal: act === 'remove' ? rest : [...rest, { ...target, display: 'other' }] };
          try {
            version = nextVersion(before, wanted, author, keeper, newId);
          } catch {
            // Refused: nothing changed.
          }
          for (const element of goals(before).filter((each) => !own(each)))
            expect(goals(version)).toContainEqual(element);
          if (author !== keeper) expect(version['title']).toEqual(before['title']);
          expect(goals(version).every((element) => contributorOf(element) !== undefined)).toBe(true);
        }
      }),
    );
  });

  it('names what is not the author’s', () => {
    const first = nextVersion(undefined, plan({ goal: [{ id: 'a', display: 'x' }] }), keeper, keeper, newId);
    const attempt = { ...first, title: 'new', goal: [{ ...goals(first)[0], display: 'y' }] };
    expect(() => nextVersion(first, attempt, authors[1], keeper, newId)).toThrow(
      expect.objectContaining({
        kind: 'forbidden',
        issues: [
          expect.objectContaining({ expression: 'goal[0]' }),
          expect.objectContaining({ expression: 'CarePlan.title' }),
        ],
      }),
    );
    const forged = { ...first, goal: [...goals(first), { ...goals(first)[0], id: 'b' }] };
    expect(() => nextVersion(first, forged, authors[1], keeper, newId)).toThrow(
      expect.objectContaining({ kind: 'forbidden' }),
    );
    const twice = { ...first, goal: [...goals(first), ...goals(first)] };
    expect(() => nextVersion(first, twice, keeper, keeper, newId)).toThrow(
      expect.objectContaining({ kind: 'invalid' }),
    );
  });

  it('tells what changed between two versions', () => {
    const first = nextVersion(undefined, plan({ goal: [{ id: 'a' }, { id: 'b' }] }), keeper, keeper, newId);
    const [a] = goals(first);
    const second = nextVersion(
      first,
      { ...first, title: 't', goal: [{ ...a, display: 'x' }, { id: 'c' }] },
      keeper,
      keeper,
      newId,
    );
    expect(changesBetween(first, second)).toEqual([
      { path: 'CarePlan.title', change: 'changed' },
      { path: "CarePlan.goal.where(id='a')", change: 'changed' },
      { path: "CarePlan.goal.where(id='b')", change: 'removed' },
      { path: "CarePlan.goal.where(id='c')", change: 'added' },
    ]);
    expect(changesBetween(second, second)).toEqual([]);
  });
});

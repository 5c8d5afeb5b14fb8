import type { AuthorisationInput, DecisionPoint } from '@samenhang/authorisation';
import type { VerifiedIdentity } from '@samenhang/identity';
import { describe, expect, it, vi } from 'vitest';
import { RememberedDecisions } from './remembered-decisions.js';

const identity = (tokenId: string): VerifiedIdentity => ({
  clientId: 'viewer',
  scopes: new Set(['holder:read']),
  tokenId,
  accessToken: tokenId,
});
const input = (holder: string): AuthorisationInput => ({
  policy: 'holder',
  subject: { client_id: 'viewer', scope: 'holder:read' },
  request: { interaction: 'read' },
  context: { data_holder_organization_id: holder },
});

/** Allows conditions only. */
function countingPoint(): DecisionPoint & { version: number; asked: string[][] } {
  const asked: string[][] = [];
  return {
    version: 1,
    asked,
    decide: vi.fn(),
    decideCategories: (_input, categories) => {
      asked.push([...categories]);
      return new Map(categories.map((each) => [each, { allow: each === 'Condition', reasons: [] }]));
    },
  };
}

describe('decisions that are remembered', () => {
  it('are those of the policies, each asked once for a token and a holder', () => {
    const point = countingPoint();
    const remembered = new RememberedDecisions(point);
    const own = identity('one');
    const decide = (who: VerifiedIdentity, holder = '22222222'): boolean[] =>
      [...remembered.decideCategories(who, input(holder), ['Condition', 'Patient']).values()].map(
        ({ allow }) => allow,
      );
    expect(decide(own)).toEqual([true, false]);
    expect(decide(own)).toEqual([true, false]);
    expect(point.asked.flat()).toEqual(['Condition', 'Patient']);
    decide(identity('one'));
    decide(own, '33333333');
    expect(point.asked.flat()).toHaveLength(6);
  });

  it('end when other policies come into force', () => {
    const point = countingPoint();
    const remembered = new RememberedDecisions(point);
    const own = identity('one');
    remembered.decideCategories(own, input('22222222'), ['Condition']);
    point.version = 2;
    point.decideCategories = (_input, categories) =>
      new Map(categories.map((each) => [each, { allow: false, reasons: [] }]));
    const [decision] = remembered.decideCategories(own, input('22222222'), ['Condition']).values();
    expect(decision?.allow).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import type { Decision } from './authorisation-input.js';
import { createDecisionPoint, loadPolicies } from './decision-point.js';
import { proveUsable } from './policy-proof.js';

const answering = (decision: Decision) => createDecisionPoint({ evaluate: () => [{ result: decision }] });

describe('what policies must show', () => {
  it('those of this release do', async () => {
    const point = await loadPolicies();
    expect(() => proveUsable(point)).not.toThrow();
  });

  it('that they refuse a stranger', () => {
    const point = answering({ allow: true, reasons: [{ code: 'allowed', description: 'Anyone may' }] });
    expect(() => proveUsable(point)).toThrow('citizen admits a stranger');
  });

  it('that each of them decides', () => {
    const point = createDecisionPoint({ evaluate: () => [] });
    expect(() => proveUsable(point)).toThrow('citizen gives no decision');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOver, nextStatuses, taskStatuses } from './task-status.js';

const status = fc.constantFrom(...taskStatuses);
const party = fc.constantFrom('sender' as const, 'receiver' as const);

describe('steps of a Task', () => {
  it('lead from requested to completed by way of accepted and in-progress', () => {
    expect(nextStatuses('requested', 'receiver')).toContain('accepted');
    expect(nextStatuses('accepted', 'receiver')).toContain('in-progress');
    expect(nextStatuses('in-progress', 'receiver')).toContain('completed');
  });

  it('cannot be skipped', () => {
    expect(nextStatuses('requested', 'receiver')).not.toContain('completed');
    expect(nextStatuses('requested', 'receiver')).not.toContain('in-progress');
    expect(nextStatuses('accepted', 'receiver')).not.toContain('completed');
  });

  it('leave cancelling to the sender, and what is in progress to both together', () => {
    fc.assert(fc.property(status, (from) => !nextStatuses(from, 'receiver').includes('cancelled')));
    expect(nextStatuses('in-progress', 'sender')).not.toContain('cancelled');
  });

  it('end: no way leads on for ever, and none back to requested', () => {
    fc.assert(
      fc.property(
        status,
        fc.array(fc.tuple(party, fc.nat()), { minLength: 12, maxLength: 12 }),
        (from, moves) => {
          let at = from;
          for (const [who, choice] of moves) {
            const next = nextStatuses(at, who);
            at = next[choice % Math.max(1, next.length)] ?? at;
            if (next.length > 0) expect(at).not.toBe('requested');
          }
          return moves.length === 12;
        },
      ),
    );
    expect(taskStatuses.filter(isOver)).toEqual(['rejected', 'completed', 'cancelled', 'failed']);
  });
});

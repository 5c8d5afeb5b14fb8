import { SamenhangFailure } from '@samenhang/client';
import type { Purpose } from './demo-sign-in.js';

export interface ViewQuestion {
  readonly bsn: string;
  readonly purpose: Purpose;
}

/** @throws Failure when the browser sent something else */
export function readViewQuestion(body: unknown): ViewQuestion {
  const { bsn, purpose, reason } = (body ?? {}) as Record<string, unknown>;
  if (typeof bsn !== 'string' || !/^\d{9}$/.test(bsn))
    throw new SamenhangFailure('invalid', 'A citizen service number has nine digits');
  if (purpose === 'TREAT') return { bsn, purpose: { purpose } };
  if (purpose !== 'BTG') throw new SamenhangFailure('invalid', 'Choose a purpose');
  if (typeof reason !== 'string' || reason.trim().length < 10 || reason.length > 500)
    throw new SamenhangFailure('invalid', 'An emergency needs a reason of 10 to 500 characters');
  return { bsn, purpose: { purpose, reason: reason.trim() } };
}

import { SamenhangFailure, type FileName } from '@samenhang/client';
import type { Purpose } from './demo-sign-in.js';

export interface ViewQuestion {
  readonly bsn: string;
  readonly purpose: Purpose;
  /** Given with an earlier view: only the sources that were missing then are asked. */
  readonly retry?: string;
}

/** Which file of which document. */
export interface FileQuestion extends Omit<ViewQuestion, 'retry'> {
  readonly file: FileName;
}

/** @throws Failure when the browser sent something else */
export function readFileQuestion(body: unknown): FileQuestion {
  const { file } = (body ?? {}) as Record<string, unknown>;
  const { custodian, document, at } = (file ?? {}) as Record<string, unknown>;
  if (typeof custodian !== 'string' || !/^\d{8}$/.test(custodian))
    throw new SamenhangFailure('invalid', 'Choose a file of a care provider');
  if (typeof document !== 'string' || document.length > 2_000 || !Number.isInteger(at))
    throw new SamenhangFailure('invalid', 'Choose a file of a document');
  return { ...readViewQuestion(body), file: { custodian, document, at: Number(at) } };
}

/** @throws Failure when the browser sent something else */
export function readViewQuestion(body: unknown): ViewQuestion {
  const { bsn, purpose, reason, retry } = (body ?? {}) as Record<string, unknown>;
  if (typeof bsn !== 'string' || !/^\d{9}$/.test(bsn))
    throw new SamenhangFailure('invalid', 'A citizen service number has nine digits');
  if (retry !== undefined && (typeof retry !== 'string' || retry.length > 1_000))
    throw new SamenhangFailure('invalid', 'What is asked again comes with an earlier view');
  const again = retry === undefined ? {} : { retry };
  if (purpose === 'TREAT') return { bsn, purpose: { purpose }, ...again };
  if (purpose !== 'BTG') throw new SamenhangFailure('invalid', 'Choose a purpose');
  if (typeof reason !== 'string' || reason.trim().length < 10 || reason.length > 500)
    throw new SamenhangFailure('invalid', 'An emergency needs a reason of 10 to 500 characters');
  return { bsn, purpose: { purpose, reason: reason.trim() }, ...again };
}

import { toAuditRecorded, type AccessOutcome } from '@samenhang/audit';
import type { NewEvent } from '@samenhang/data-model';
import type { VerifiedIdentity } from '@samenhang/identity';
import type { PseudonymRecipient } from '@samenhang/oprf';

export interface EvaluationAct {
  readonly outcome: AccessOutcome;
  readonly who: VerifiedIdentity;
  readonly recipient: PseudonymRecipient;
  readonly points: number;
  readonly reason?: string;
}

/** That an evaluation was asked: by whom, for whom, how many. Never what went in or came out. */
export function toEvaluationEvent(act: EvaluationAct): NewEvent<'audit.recorded'> {
  const query = `recipient=${act.recipient.organisation}&scope=${act.recipient.scope}&points=${act.points}`;
  return toAuditRecorded({
    activity: 'evaluate',
    outcome: act.outcome,
    who: act.who,
    detail: { query, ...(act.reason === undefined ? {} : { reasons: [act.reason] }) },
  });
}

import { toOperationOutcome, Failure, type FailureIssue, type OperationOutcome } from '@samenhang/errors';
import type { TakenChunk, DeliveryTotals } from '../delivery/take-delivery.js';
import type { Receipt } from '../intake/arrival.js';
import type { FhirMessage } from './read-push.js';

const MESSAGE_ID = 'https://samenhang.example/fhir/CodeSystem/message-id';
const MOST_LISTED = 1000;

type Issue = OperationOutcome['issue'][number];

/** Says which messages were stored. */
export function outcomeOf(receipts: readonly Receipt[]): OperationOutcome {
  return { resourceType: 'OperationOutcome', issue: receipts.map(stored) };
}

/** The answer to a batch or transaction: an entry for each of its entries, in their order. */
export function bundleAnswer(
  type: 'batch' | 'transaction',
  count: number,
  messages: readonly FhirMessage[],
  receipts: readonly Receipt[],
  refused: ReadonlyMap<number, readonly FailureIssue[]>,
): object {
  const receiptOf = new Map<number, Receipt>();
  messages.forEach(({ entries = [] }, index) => {
    const receipt = receipts[index];
    if (receipt !== undefined) for (const entry of entries) receiptOf.set(entry, receipt);
  });
  const entry = Array.from({ length: count }, (_, index) => {
    const receipt = receiptOf.get(index);
    const issues = refused.get(index) ?? [];
    if (receipt === undefined)
      return {
        response: {
          status: '422 Unprocessable Entity',
          outcome: toOperationOutcome(new Failure('invalid', undefined, { issues })),
        },
      };
    return { response: { status: '202 Accepted', outcome: outcomeOf([receipt]) } };
  });
  return { resourceType: 'Bundle', type: `${type}-response`, ...(entry.length > 0 && { entry }) };
}

/** Collects what became of the lines of a stream: of the first in detail, of all as figures. */
export class StreamAnswer {
  readonly #refused: Issue[] = [];
  readonly #stored: Issue[] = [];

  add({ arrivals, receipts }: TakenChunk): void {
    receipts.forEach((receipt, index) => {
      const refusal = arrivals[index]?.refusal;
      if (refusal === undefined) {
        if (this.#stored.length < MOST_LISTED) this.#stored.push(stored(receipt));
      } else if (this.#refused.length < MOST_LISTED) {
        const { code, text, location } = refusal;
        const details = { coding: [{ system: MESSAGE_ID, code: receipt.messageId }] };
        this.#refused.push({ severity: 'error', code, diagnostics: text, expression: [location], details });
      }
    });
  }

  toOutcome({ records, accepted, duplicates, refused }: DeliveryTotals): OperationOutcome {
    const figures = `${String(records)} lines; messages: ${String(accepted)} stored, ${String(duplicates)} stored before, ${String(refused)} in quarantine`;
    const summary: Issue = { severity: 'information', code: 'informational', diagnostics: figures };
    return { resourceType: 'OperationOutcome', issue: [...this.#refused, ...this.#stored, summary] };
  }
}

function stored({ messageId, isDuplicate }: Receipt): Issue {
  return {
    severity: 'information',
    code: 'informational',
    diagnostics: `Stored as message ${messageId}${isDuplicate ? ' before' : ''}`,
    details: { coding: [{ system: MESSAGE_ID, code: messageId }] },
  };
}

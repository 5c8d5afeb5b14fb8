import type { MessageId, SourceFormat } from '@samenhang/data-model';
import { sourceKey } from '../sources/source.js';
import type { Arrival, Receipt } from './arrival.js';

/** A stored message with the content of an arrival. */
export interface KnownMessage {
  readonly tenant: string;
  readonly source: string;
  readonly contentHash: string;
  readonly accepted: boolean;
  readonly id: MessageId;
  readonly orderingKey: string;
  /** A message of a state that a later one of the same patient followed: the same content again is then news (A, B, A). */
  readonly superseded: boolean;
}

export interface PlannedMessage {
  readonly id: MessageId;
  readonly position: number;
  readonly arrival: Arrival;
}

export interface BatchPlan {
  readonly messages: readonly PlannedMessage[];
  /** One for each arrival, in their order. */
  readonly receipts: readonly Receipt[];
}

/**
 * Decides which arrivals are new and gives them positions in the order of arrival.
 *
 * The same bytes of HL7 v2 or CDA are a retransmission however late they come: they contain MSH-7 and MSH-10, or the id
 * of the document. FHIR content and rows of tables have no identity of their own; there the same bytes are a
 * retransmission only while nothing else of that patient followed.
 */
export function planBatch(
  arrivals: readonly Arrival[],
  known: readonly KnownMessage[],
  /** Last position given, of each source. */
  positions: ReadonlyMap<string, number>,
  createId: () => MessageId,
): BatchPlan {
  const seen = new SeenContent(known);
  const next = new Map(positions);
  const messages: PlannedMessage[] = [];
  const receipts = arrivals.map((arrival): Receipt => {
    const duplicate = seen.find(arrival);
    if (duplicate !== undefined) return { messageId: duplicate, isDuplicate: true };
    const key = sourceKey(arrival.source);
    const last = next.get(key);
    if (last === undefined) throw new Error(`Source ${key} is not declared`);
    const position = last + 1;
    next.set(key, position);
    const id = createId();
    messages.push({ id, position, arrival });
    seen.add(arrival, id);
    return { messageId: id, isDuplicate: false };
  });
  return { messages, receipts };
}

class SeenContent {
  readonly #ids = new Map<string, MessageId>();
  /** The content last stored for each patient of a source that says states. */
  readonly #heads = new Map<string, string>();

  constructor(known: readonly KnownMessage[]) {
    for (const message of known) {
      if (message.superseded) continue;
      const key = sourceKey({ tenant: message.tenant, id: message.source });
      const content = contentKey(key, message.contentHash, message.accepted);
      this.#ids.set(content, message.id);
      this.#heads.set(`${key} ${message.orderingKey}`, content);
    }
  }

  find(arrival: Arrival): MessageId | undefined {
    return this.#ids.get(contentOf(arrival));
  }

  add(arrival: Arrival, id: MessageId): void {
    const content = contentOf(arrival);
    if (saysState(arrival.format)) {
      const patient = `${sourceKey(arrival.source)} ${arrival.orderingKey}`;
      const superseded = this.#heads.get(patient);
      if (superseded !== undefined) this.#ids.delete(superseded);
      this.#heads.set(patient, content);
    }
    this.#ids.set(content, id);
  }
}

function contentOf(arrival: Arrival): string {
  return contentKey(sourceKey(arrival.source), arrival.contentHash, arrival.refusal === undefined);
}

/** Formats whose messages say how things are now, instead of telling of one event or document. */
function saysState(format: SourceFormat): boolean {
  return format === 'fhir-r4' || format === 'fhir-stu3' || format === 'table-row';
}

/** A refused message that is accepted after a change of settings is not a duplicate of its refusal. */
function contentKey(source: string, hash: string, accepted: boolean): string {
  return `${source} ${hash} ${String(accepted)}`;
}

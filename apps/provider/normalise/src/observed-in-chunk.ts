import type {
  MappingObservation,
  MappingObserved,
  NewEvent,
  SourceMessageReceived,
  Ura,
} from '@samenhang/data-model';
import type { MappingObservationCount } from '@samenhang/mapping';

type Counted = Omit<MappingObservation, 'count'> & { count: number };

interface SourceSum {
  readonly tenant: Ura;
  readonly payload: Omit<MappingObserved, 'observations' | 'messages' | 'positions'>;
  messages: number;
  positions: { first: number; last: number } | undefined;
  readonly observations: Map<string, Counted>;
}

/** Sums what the messages of a chunk carried, by source and version of the mapping: one event for each instead of one for each message. */
export class ObservedInChunk {
  readonly #sources = new Map<string, SourceSum>();

  add(
    tenant: Ura | null,
    message: SourceMessageReceived,
    observations: readonly MappingObservationCount[],
    mappingVersion: string,
  ): void {
    if (tenant === null) return;
    const sum = this.#sumOf(tenant, message, mappingVersion);
    sum.messages += 1;
    if (message.replayOf === undefined) sum.positions = widened(sum.positions, message.sourcePosition);
    for (const observation of observations) {
      const { kind, messageType, path, code, used, count } = observation;
      // Dozens for each message: neither part can hold the separator, and nothing is copied but the first.
      const key = `${kind}\n${messageType}\n${path}\n${code ?? ''}\n${used ? 1 : 0}`;
      const counted = sum.observations.get(key);
      if (counted === undefined)
        sum.observations.set(key, { ...observation, exampleMessageId: message.messageId });
      else counted.count += count;
    }
  }

  /** `keyOf` gives the ordering key of a source: its counts need no order, but one key must not hold them all. */
  events(keyOf: (tenant: Ura, sourceId: string) => string): NewEvent<'mapping.observed'>[] {
    return [...this.#sources.values()].map(({ tenant, payload, messages, positions, observations }) => ({
      type: 'mapping.observed',
      key: keyOf(tenant, payload.sourceId),
      tenant,
      payload: {
        ...payload,
        messages,
        ...(positions === undefined ? {} : { positions }),
        observations: [...observations.values()],
      },
    }));
  }

  #sumOf(tenant: Ura, { sourceId }: SourceMessageReceived, mappingVersion: string): SourceSum {
    const key = `${tenant}/${sourceId}/${mappingVersion}`;
    const sum = this.#sources.get(key) ?? {
      tenant,
      payload: { sourceId, mappingVersion },
      messages: 0,
      positions: undefined,
      observations: new Map<string, Counted>(),
    };
    this.#sources.set(key, sum);
    return sum;
  }
}

function widened(
  range: { first: number; last: number } | undefined,
  position: number,
): { first: number; last: number } {
  if (range === undefined) return { first: position, last: position };
  return { first: Math.min(range.first, position), last: Math.max(range.last, position) };
}

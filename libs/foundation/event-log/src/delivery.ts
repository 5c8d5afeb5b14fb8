import { assertEventContract, EventContractError, type EventEnvelope } from '@samenhang/data-model';

/**
 * Where an event stands in its producer's stream. Transactions commit in another order than they take their
 * positions, so a position alone says nothing about what is still to come: the order is (tx, position).
 * Both are decimal text, as databases and headers carry them.
 */
export interface Place {
  readonly tx: string;
  readonly position: string;
}

/** An event as an engine hands it over, with what is needed to keep it aside unchanged. */
export interface Delivery {
  readonly event: EventEnvelope;
  readonly producer: string;
  readonly place: Place;
  /** The payload as it was stored, to the byte. */
  readonly payloadText: string;
  /** Set when the engine could not read the event at all. */
  readonly unreadable?: string;
}

export function comparePlaces(a: Place, b: Place): number {
  return compareDecimals(a.tx, b.tx) || compareDecimals(a.position, b.position);
}

/** Of two non-negative decimals without leading zeros the longer is the larger. */
function compareDecimals(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Why an event may not be handed to a consumer, or undefined when it honours its contract. */
export function findViolation(delivery: Delivery): string | undefined {
  if (delivery.unreadable !== undefined) return delivery.unreadable;
  try {
    assertEventContract(delivery.event);
    return undefined;
  } catch (error) {
    if (error instanceof EventContractError) return `${error.name}: ${error.message}`;
    throw error;
  }
}

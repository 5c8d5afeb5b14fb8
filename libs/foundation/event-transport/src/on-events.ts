import { EventPattern } from '@nestjs/microservices';
import type { EventEnvelope, EventType } from '@samenhang/data-model';
import type { ChunkContext } from './chunk-context.js';

type EventHandler<T extends EventType, C extends ChunkContext> = (
  events: EventEnvelope<T>[],
  context: C,
) => Promise<void>;

type EventHandlerDecorator<T extends EventType> = <C extends ChunkContext>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<EventHandler<T, C>>,
) => void;

/**
 * `@EventPattern` for the event catalogue: the name is checked, and so is that the handler takes a chunk of exactly
 * those events and gives a promise (a handler that is not awaited would lose its failures).
 */
export function OnEvents<T extends EventType>(type: T): EventHandlerDecorator<T> {
  return EventPattern<string>(type) as EventHandlerDecorator<T>;
}

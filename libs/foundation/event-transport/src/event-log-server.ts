import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { eventTypes, type EventEnvelope, type EventType } from '@samenhang/data-model';
import type { EventConsumer, EventLog, Transaction } from '@samenhang/event-log';
import { isObservable, lastValueFrom } from 'rxjs';
import { ChunkContext } from './chunk-context.js';

type ListenCallback = (error?: unknown) => void;

/**
 * Connects `@EventPattern` handlers to an event log. A handler receives a chunk of events and a ChunkContext; when it
 * fails, the failure has to reach the log, which undoes the chunk and isolates the event at fault.
 *
 * Exception filters that apply to these handlers should rethrow what they are given (a filter's rendering of it says
 * nothing about whether trying again may help).
 */
export class EventLogServer extends Server implements CustomTransportStrategy {
  /** Nest would otherwise only log the failure of an event handler. */
  override readonly propagatesEventHandlerErrors = true;

  constructor(
    private readonly eventLog: EventLog,
    private readonly group: string,
  ) {
    super();
  }

  listen(callback: ListenCallback): void {
    this.subscribeHandlers()
      .then(() => this.eventLog.start())
      .then(() => callback(), callback);
  }

  close(): Promise<void> {
    return this.eventLog.stop();
  }

  override on(): never {
    throw new Error('An event log has no transport events');
  }

  override unwrap<T>(): T {
    return this.eventLog as T;
  }

  private async subscribeHandlers(): Promise<void> {
    for (const [pattern, handler] of this.messageHandlers) {
      if (handler.isEventHandler !== true)
        throw new Error(`"${pattern}" asks for an answer; an event log carries events only`);
      if (!isEventType(pattern)) throw new Error(`"${pattern}" is not in the event catalogue`);
      this.eventLog.subscribe(toConsumer(this.group, pattern, handler));
    }
  }
}

function isEventType(pattern: string): pattern is EventType {
  return (eventTypes as readonly string[]).includes(pattern);
}

function toConsumer(group: string, type: EventType, handler: MessageHandler): EventConsumer {
  return {
    group,
    type,
    handle: async (transaction: Transaction, events: readonly EventEnvelope[]) => {
      try {
        const result: unknown = await handler(events, new ChunkContext(transaction, group, type));
        if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
      } catch (thrown) {
        throw thrown instanceof Error ? thrown : new Error(messageOf(thrown), { cause: thrown });
      }
    },
  };
}

/** Nest's default filter replaces an unknown error by `{status, message}`. */
function messageOf(thrown: unknown): string {
  const message = (thrown as { message?: unknown } | null)?.message;
  return typeof message === 'string' ? message : 'The handler failed';
}

import type { EventType } from '@samenhang/data-model';

/**
 * Tells readers in the same process that something was published, so that they look at once instead of at their next
 * round. Not NOTIFY: its queue has one lock for the whole server, held until each notifying commit is on disk, which
 * puts all publishers in one line. Readers in other processes find events on their idle round.
 */
export class EventBell {
  private readonly listeners = new Map<EventType, Set<() => void>>();

  listen(types: readonly EventType[], listener: () => void): () => void {
    for (const type of types) {
      const listeners = this.listeners.get(type) ?? new Set();
      this.listeners.set(type, listeners.add(listener));
    }
    return () => {
      for (const type of types) this.listeners.get(type)?.delete(listener);
    };
  }

  ring(types: Iterable<EventType>): void {
    for (const type of types) for (const listener of this.listeners.get(type) ?? []) listener();
  }
}

/** One for all logs of a process: a service's consumer hears another service's publication. */
export const processBell = new EventBell();

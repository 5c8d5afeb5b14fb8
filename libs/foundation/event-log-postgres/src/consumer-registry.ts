import type { EventConsumer } from '@samenhang/event-log';

/** The consumers of one event log: at most one for each group and type. */
export class ConsumerRegistry {
  private readonly consumers: EventConsumer[] = [];

  add(consumer: EventConsumer): void {
    const { group, type } = consumer;
    if (this.consumers.some((known) => known.group === group && known.type === type)) {
      throw new Error(`${group} already consumes ${type}`);
    }
    this.consumers.push(consumer);
  }

  all(): readonly EventConsumer[] {
    return this.consumers;
  }

  /** @throws when this process does not consume for the group */
  ofGroup(group: string): readonly EventConsumer[] {
    const found = this.consumers.filter((consumer) => consumer.group === group);
    if (found.length === 0) throw new Error(`No consumer of group ${group} is registered here`);
    return found;
  }
}

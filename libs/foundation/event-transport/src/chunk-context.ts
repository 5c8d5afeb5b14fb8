import type { EventType } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';

/**
 * Second argument of an event handler, through `@Ctx()`. Effects made with `transaction` commit together with the
 * consumer's progress, so they happen exactly once. A class, so that decorators can refer to it.
 */
export class ChunkContext<T extends Transaction = Transaction> {
  constructor(
    readonly transaction: T,
    readonly group: string,
    readonly type: EventType,
  ) {}
}

import type { BulkRefusal } from '@samenhang/oprf';

/** A request over the event log that gets no evaluations; the reason is all that its sender learns. */
export class BulkRefusalError extends Error {
  constructor(
    readonly reason: BulkRefusal,
    options?: ErrorOptions,
  ) {
    super(`The request is refused: ${reason}`, options);
    this.name = 'BulkRefusalError';
  }
}

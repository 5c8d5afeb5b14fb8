import { SourceFailure } from './source-report.js';

/** What one source may still deliver. Shared by all searches at that source. */
export class ByteBudget {
  #left: number;

  constructor(private readonly total: number) {
    this.#left = total;
  }

  get spent(): number {
    return this.total - this.#left;
  }

  /** Text of the body; gives up as soon as the budget is spent, however much more there is. */
  async read(body: AsyncIterable<Uint8Array>): Promise<string> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) {
      this.#left -= chunk.byteLength;
      if (this.#left < 0) throw new SourceFailure('invalid', 'The source delivers more than a view may hold');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }
}

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
  async read(response: Response): Promise<string> {
    if (response.body === null) return '';
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      this.#left -= chunk.byteLength;
      if (this.#left < 0) throw new SourceFailure('invalid', 'The source delivers more than a view may hold');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }
}

import { setImmediate } from 'node:timers/promises';

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Writes together what comes in while the write before is under way. Nobody gets a result before the transaction that
 * holds it is committed; under load many share the price of one commit, and a lone request waits for nobody.
 */
export class GroupCommit<Item, Result> {
  #waiting: Waiting<Item, Result>[] = [];
  #isWriting = false;

  /** @param write commits all items or none, and gives one result an item, in their order */
  constructor(
    private readonly write: (items: readonly Item[]) => Promise<readonly Result[]>,
    private readonly maximum = 200,
  ) {}

  submit(item: Item): Promise<Result> {
    const result = new Promise<Result>((resolve, reject) => this.#waiting.push({ item, resolve, reject }));
    if (!this.#isWriting) void this.#writeAll();
    return result;
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    // What arrived in the same turn of the event loop belongs to the first group as well.
    await setImmediate();
    while (this.#waiting.length > 0) await this.#writeGroup(this.#waiting.splice(0, this.maximum));
    this.#isWriting = false;
  }

  async #writeGroup(group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.write(group.map(({ item }) => item));
      if (results.length !== group.length) throw new Error('Each item of a group has one result');
      for (const [index, { resolve }] of group.entries()) resolve(results[index] as Result);
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
}

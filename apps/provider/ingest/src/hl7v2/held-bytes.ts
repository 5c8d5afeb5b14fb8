/** What unfinished frames of all connections together hold, so that many slow senders cannot exhaust the memory. */
export class HeldBytes {
  readonly #held = new Map<object, number>();
  #total = 0;

  constructor(private readonly maximum: number) {}

  /** @returns false when the holder has to give way, because all together hold too much */
  set(holder: object, bytes: number): boolean {
    const before = this.#held.get(holder) ?? 0;
    if (bytes === 0) this.#held.delete(holder);
    else this.#held.set(holder, bytes);
    this.#total += bytes - before;
    return bytes <= before || this.#total <= this.maximum;
  }
}

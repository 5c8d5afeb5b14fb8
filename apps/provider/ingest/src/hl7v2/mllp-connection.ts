import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { MllpDecoder, type MllpEvent } from '@samenhang/hl7v2';
import type { HeldBytes } from './held-bytes.js';

/** Messages of one connection that may be on their way to the database at a time; then it is read no further. */
const MAXIMUM_OUTSTANDING = 256;
/** How long a sender may take to read its last answers when the listener closes. */
const FAREWELL_MS = 1_000;

export interface MllpHandling {
  readonly maximumFrameBytes: number;
  readonly held: HeldBytes;
  /** How long a message may take from its first byte to its last. */
  readonly messageTimeoutMs: number;
  /** Silence after which the connection is closed; undefined: never. */
  readonly idleTimeoutMs: number | undefined;
  /** Stores what came and gives the frame to answer with; never rejects. */
  handle(event: MllpEvent): Promise<Buffer | undefined>;
  isBusy(): boolean;
  /** Resolves when more messages may be taken in. */
  whenReady(): Promise<void>;
  onLost(bytes: number): void;
  onExpired(reason: 'message took too long' | 'idle'): void;
}

/**
 * One sender. Messages are taken in as they come, so that a sender that does not wait for answers shares transactions
 * with itself; answers go back in the order of the messages.
 */
export class MllpConnection {
  readonly #decoder: MllpDecoder;
  #answered: Promise<void> = Promise.resolve();
  #outstanding = 0;
  #resuming = false;
  #heardAt = performance.now();
  /** When the message began that is not complete yet. */
  #messageSince: number | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly handling: MllpHandling,
  ) {
    this.#decoder = new MllpDecoder(handling.maximumFrameBytes);
    socket.setNoDelay(true);
    // A peer that vanished without a word is found out by the operating system, at no cost to idle ones.
    socket.setKeepAlive(true, 60_000);
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('close', () => this.#closed());
    // The fault of a connection is seen at its close; an unhandled 'error' would end the process.
    socket.on('error', () => undefined);
  }

  /** Ends what takes too long: a sender that trickles bytes, or one that has fallen silent. Waiting for us is no fault. */
  expire(now: number): void {
    if (this.#resuming || this.socket.destroyed) return;
    const { messageTimeoutMs, idleTimeoutMs } = this.handling;
    if (this.#messageSince !== undefined && now - this.#messageSince > messageTimeoutMs) {
      this.handling.onExpired('message took too long');
      this.socket.destroy();
      return;
    }
    if (idleTimeoutMs === undefined || this.#outstanding > 0 || now - this.#heardAt <= idleTimeoutMs) return;
    this.handling.onExpired('idle');
    this.socket.destroy();
  }

  /** Reads no further, answers what was taken in, then closes. */
  async close(): Promise<void> {
    this.socket.pause();
    await this.#answered;
    await Promise.race([
      new Promise<void>((resolve) => this.socket.end(resolve)),
      wait(FAREWELL_MS, undefined, { ref: false }),
    ]);
    this.socket.destroy();
  }

  #take(chunk: Buffer): void {
    const events = this.#decoder.push(chunk);
    this.#heardAt = performance.now();
    if (!this.#decoder.isWithinFrame) this.#messageSince = undefined;
    else if (events.length > 0) this.#messageSince = this.#heardAt;
    else this.#messageSince ??= this.#heardAt;
    for (const event of events) this.#handle(event);
    if (!this.handling.held.set(this, this.#decoder.heldBytes)) {
      this.socket.destroy();
      return;
    }
    void this.#waitIfNeeded();
  }

  #handle(event: MllpEvent): void {
    this.#outstanding++;
    const answer = this.handling.handle(event);
    this.#answered = this.#answered.then(async () => {
      const frame = await answer;
      this.#outstanding--;
      if (frame !== undefined && this.socket.writable) this.#send(frame);
    });
  }

  /** Answers of one transaction leave in one packet: a system call costs more than an answer. */
  #send(frame: Buffer): void {
    if (this.socket.writableCorked === 0) {
      this.socket.cork();
      process.nextTick(() => this.socket.uncork());
    }
    this.socket.write(frame);
  }

  /** Backpressure: TCP tells the sender to wait while the intake is full, or while it does not read its answers. */
  async #waitIfNeeded(): Promise<void> {
    const mustWait =
      this.handling.isBusy() || this.#outstanding > MAXIMUM_OUTSTANDING || this.socket.writableNeedDrain;
    if (this.#resuming || !mustWait) return;
    this.#resuming = true;
    this.socket.pause();
    await this.handling.whenReady();
    if (this.#outstanding > MAXIMUM_OUTSTANDING) await this.#answered;
    if (this.socket.writableNeedDrain) {
      await new Promise<void>((resolve) => {
        this.socket.once('drain', resolve);
        this.socket.once('close', resolve);
      });
    }
    this.#resuming = false;
    this.#heardAt = performance.now();
    if (this.#messageSince !== undefined) this.#messageSince = this.#heardAt;
    this.socket.resume();
  }

  #closed(): void {
    this.handling.held.set(this, 0);
    const unfinished = this.#decoder.finish();
    if (unfinished !== undefined) this.handling.onLost(unfinished.length);
  }
}

import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { encodeMllpFrame, MllpDecoder } from '@samenhang/hl7v2';

/** What a receiver said of one message. */
export interface Acknowledgement {
  /** MSA-1: AA, AE, AR or CA, CE, CR. */
  readonly code: string;
  readonly text: string;
}

export interface MllpSenderOptions {
  readonly host: string;
  readonly port: number;
  /** How long a message may be tried again while the receiver is away or answers AE. */
  readonly patienceMs?: number;
  readonly answerTimeoutMs?: number;
}

const RETRY_DELAY_MS = 100;
const ANSWER_LIMIT_BYTES = 1024 * 1024;

/**
 * A sending system as hospitals have them: one connection, one message at a time, and the same message again until it
 * is acknowledged.
 */
export class MllpSender {
  readonly #options: Required<MllpSenderOptions>;
  #socket: Socket | undefined;
  #decoder = new MllpDecoder(ANSWER_LIMIT_BYTES);
  /** Ends when the message before has its answer: MLLP carries one at a time. */
  #turn: Promise<unknown> = Promise.resolve();
  #settle: ((outcome: Acknowledgement | Error) => void) | undefined;

  constructor(options: MllpSenderOptions) {
    this.#options = { patienceMs: 60_000, answerTimeoutMs: 10_000, ...options };
  }

  /**
   * Sends until there is an answer other than "try again" (AE, CE).
   * @throws Error when the patience has run out
   */
  send(message: string | Buffer): Promise<Acknowledgement> {
    const turn = this.#turn.then(() => this.#sendPatiently(message));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #sendPatiently(message: string | Buffer): Promise<Acknowledgement> {
    const frame = encodeMllpFrame(Buffer.from(message));
    const deadline = Date.now() + this.#options.patienceMs;
    for (;;) {
      const outcome = await this.#attempt(frame);
      if (!(outcome instanceof Error) && !['AE', 'CE'].includes(outcome.code)) return outcome;
      if (Date.now() > deadline)
        throw outcome instanceof Error ? outcome : new Error(`Still answered ${outcome.code}`);
      await delay(RETRY_DELAY_MS);
    }
  }

  /** Sends once, whatever the answer. */
  async sendOnce(message: string | Buffer): Promise<Acknowledgement> {
    const outcome = await this.#attempt(encodeMllpFrame(Buffer.from(message)));
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #attempt(frame: Buffer): Promise<Acknowledgement | Error> {
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => this.#fail(new Error('No acknowledgement in time')),
        this.#options.answerTimeoutMs,
      );
      this.#settle = (outcome) => {
        clearTimeout(timer);
        this.#settle = undefined;
        resolve(outcome);
      };
      this.#connection().write(frame);
    });
  }

  #connection(): Socket {
    if (this.#socket !== undefined) return this.#socket;
    const socket = connect(this.#options.port, this.#options.host);
    socket.setNoDelay(true);
    this.#decoder = new MllpDecoder(ANSWER_LIMIT_BYTES);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('The receiver closed the connection')));
    this.#socket = socket;
    return socket;
  }

  #receive(chunk: Buffer): void {
    for (const event of this.#decoder.push(chunk)) {
      if (event.kind === 'frame') this.#settle?.(readAcknowledgement(event.content));
    }
  }

  #fail(error: Error): void {
    this.#socket?.removeAllListeners('close');
    this.close();
    this.#settle?.(error);
  }
}

function readAcknowledgement(frame: Buffer): Acknowledgement {
  const text = frame.toString('utf8');
  const msa = text.split('\r').find((segment) => segment.startsWith('MSA'));
  const separator = msa?.[3] ?? '|';
  return { code: msa?.split(separator)[1] ?? '', text };
}

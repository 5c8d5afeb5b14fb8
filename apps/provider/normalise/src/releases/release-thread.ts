import { MessageChannel, Worker } from 'node:worker_threads';
import { Failure } from '@samenhang/errors';
import type { SourceMessage } from '@samenhang/mapping';
import type { MappingRelease } from './release-folder.js';
import type { ReleaseAnswer, ReleaseQuestion, ReleaseStart } from './release-protocol.js';
import { rejected, type WrittenMessage } from './written-message.js';

type HashBsn = NonNullable<SourceMessage['hashBsn']>;
type Waiting = (written: WrittenMessage) => void;

const MOST_MEMORY_MB = 1_024;

export interface ThreadTerms {
  /** Set of code tables in the place of those of the release. */
  readonly tables?: ReleaseStart['tables'];
  /** Answers of a terminology server beside the tables. */
  readonly terms?: ReleaseStart['terms'];
  /** Whether messages bring a hash of citizen service numbers; offline they do not. */
  readonly hashing: boolean;
  /** So long one message may take. */
  readonly limitMs: number;
}

/**
 * A release of the mapping at work, in a thread that shares nothing with the service: no environment and no key. Hashes are
 * asked of the service one by one, so messages have their turn one after the other.
 */
export class ReleaseThread {
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #hashBsn: HashBsn | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #ended = false;
  #retired = false;

  private constructor(
    private readonly thread: Worker,
    readonly version: string,
    private readonly limitMs: number,
  ) {
    thread.on('message', (answer: ReleaseAnswer) => this.#settle(answer));
    thread.on('error', () => this.#lose());
    thread.on('exit', () => this.#lose());
  }

  /** @throws Failure('unavailable') when the release cannot be started with these tables */
  static async start(
    { code, manifest }: MappingRelease,
    { tables, terms, hashing, limitMs }: ThreadTerms,
  ): Promise<ReleaseThread> {
    const { port1: desk, port2: port } = new MessageChannel();
    const bell = new SharedArrayBuffer(4);
    const workerData: ReleaseStart = {
      ...(hashing ? { hashes: { port, bell } } : {}),
      ...(tables === undefined ? {} : { tables }),
      ...(terms === undefined ? {} : { terms }),
    };
    // From memory: what was checked runs, whatever becomes of the file.
    const thread = new Worker(new URL(`data:text/javascript;base64,${code.toString('base64')}`), {
      workerData,
      transferList: hashing ? [port] : [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
    });
    const version = await readyVersion(thread).catch(async (cause: unknown) => {
      desk.close();
      await thread.terminate();
      throw new Failure('unavailable', `Mapping release ${manifest.version} cannot be started`, { cause });
    });
    const release = new ReleaseThread(thread, version, limitMs);
    const signal = new Int32Array(bell);
    desk.on('message', (bsn: string) => {
      desk.postMessage(release.#hashBsn?.(bsn));
      Atomics.store(signal, 0, 1);
      Atomics.notify(signal, 0);
    });
    desk.unref();
    thread.once('exit', () => desk.close());
    thread.unref();
    return release;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Whether it takes messages. */
  get open(): boolean {
    return !this.#ended && !this.#retired;
  }

  /** A message that ends the thread or takes longer than the limit is rejected, as any fault of a mapping. */
  map(message: SourceMessage, receivedAt: string): Promise<WrittenMessage> {
    const written = this.#turn.then(() => this.#map(message, receivedAt));
    this.#turn = written.catch(() => undefined);
    return written;
  }

  /** Ends it when the messages that it has are done; it takes no others. */
  async retire(): Promise<void> {
    this.#retired = true;
    await this.#turn;
    await this.close();
  }

  async close(): Promise<void> {
    await this.thread.terminate();
    this.#lose();
  }

  async #map({ hashBsn, ...message }: SourceMessage, receivedAt: string): Promise<WrittenMessage> {
    if (this.#ended) return rejected(failed);
    this.#hashBsn = hashBsn;
    const id = this.#next++;
    const question: ReleaseQuestion = { id, message, receivedAt };
    const written = new Promise<WrittenMessage>((resolve) => this.#waiting.set(id, resolve));
    this.thread.ref();
    this.thread.postMessage(question);
    const limit = setTimeout(() => void this.close(), this.limitMs);
    try {
      return await written;
    } finally {
      clearTimeout(limit);
      this.thread.unref();
    }
  }

  #settle(answer: ReleaseAnswer): void {
    if (!('id' in answer)) return;
    this.#waiting.get(answer.id)?.(JSON.parse(answer.written) as WrittenMessage);
    this.#waiting.delete(answer.id);
  }

  #lose(): void {
    this.#ended = true;
    for (const settle of this.#waiting.values()) settle(rejected(failed));
    this.#waiting.clear();
  }
}

function readyVersion(thread: Worker): Promise<string> {
  return new Promise((resolve, reject) => {
    thread.once('message', (answer: ReleaseAnswer) => {
      if ('ready' in answer) resolve(answer.ready);
      else reject(new Error('unreadable' in answer ? answer.unreadable : 'It does not speak the contract'));
    });
    thread.once('error', reject);
    thread.once('exit', () => reject(new Error('It ended before it was ready')));
  });
}

const failed = {
  severity: 'error',
  code: 'mapping-failed',
  location: '$this',
  text: 'The release of the mapping failed on this message',
} as const;

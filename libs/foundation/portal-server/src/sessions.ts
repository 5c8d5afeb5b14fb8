import { randomBytes, timingSafeEqual } from 'node:crypto';

export interface SessionLimits {
  /** A session that is not used for so long has ended. */
  readonly idleMinutes: number;
  /** No session lasts longer, however busy. */
  readonly maximumHours: number;
  /** So many at once; the one that was idle longest makes room. */
  readonly maximumCount: number;
}

const standardLimits: SessionLimits = { idleMinutes: 15, maximumHours: 8, maximumCount: 10_000 };

interface StoredSession<Data> {
  readonly data: Data;
  readonly csrfToken: string;
  readonly startedAt: number;
  usedAt: number;
}

const random = (): string => randomBytes(32).toString('base64url');

/**
 * Sessions of people who signed in, in memory: tokens and keys stay in this process, the browser holds a random number.
 * Who restarts a portal makes its users sign in again.
 */
export class Sessions<Data> {
  readonly #limits: SessionLimits;
  readonly #sessions = new Map<string, StoredSession<Data>>();

  constructor(
    limits: Partial<SessionLimits> = {},
    private readonly now: () => number = Date.now,
  ) {
    this.#limits = { ...standardLimits, ...limits };
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** @returns the number for the cookie */
  start(data: Data): string {
    this.#removeEnded();
    const [longestIdle] = this.#sessions.keys();
    if (this.#sessions.size >= this.#limits.maximumCount && longestIdle !== undefined)
      this.#sessions.delete(longestIdle);
    const id = random();
    const now = this.now();
    this.#sessions.set(id, { data, csrfToken: random(), startedAt: now, usedAt: now });
    return id;
  }

  /** The session of this number, used now; undefined when there is none or it has ended. */
  use(id: string | undefined): { readonly data: Data; readonly csrfToken: string } | undefined {
    const session = id === undefined ? undefined : this.#sessions.get(id);
    if (id === undefined || session === undefined) return undefined;
    // The map stays in the order of use.
    this.#sessions.delete(id);
    if (this.#hasEnded(session)) return undefined;
    session.usedAt = this.now();
    this.#sessions.set(id, session);
    return session;
  }

  end(id: string | undefined): void {
    if (id !== undefined) this.#sessions.delete(id);
  }

  #hasEnded({ startedAt, usedAt }: StoredSession<Data>): boolean {
    const now = this.now();
    return (
      now - usedAt >= this.#limits.idleMinutes * 60_000 ||
      now - startedAt >= this.#limits.maximumHours * 3_600_000
    );
  }

  #removeEnded(): void {
    for (const [id, session] of this.#sessions) if (this.#hasEnded(session)) this.#sessions.delete(id);
  }
}

/** Whether a request brought the token of its session, compared in constant time. */
export function isSameToken(expected: string, given: unknown): boolean {
  if (typeof given !== 'string') return false;
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

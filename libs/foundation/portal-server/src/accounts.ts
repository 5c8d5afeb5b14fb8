import { createHash, scryptSync, timingSafeEqual } from 'node:crypto';
import { Failure } from '@samenhang/errors';

/** Somebody who signs in with a password. */
export interface Account {
  /** What they type in; compared without regard to case. */
  readonly login: string;
  /** `scrypt:<salt>:<hash>`, both base64url: see `hashPassword`. */
  readonly password: string;
}

const KEY_BYTES = 32;

export function hashPassword(password: string, salt: Buffer): string {
  return `scrypt:${salt.toString('base64url')}:${scryptSync(password, salt, KEY_BYTES).toString('base64url')}`;
}

/** Compared in the time it takes for any account, so that the answer does not tell which logins exist. */
const nobody = hashPassword('nobody', createHash('sha256').update('nobody').digest());

/** Wrong passwords of one login before it has to wait, and how long. */
const MOST_FAILURES = 5;
const PAUSE_MS = 60_000;

/** Who may sign in, and a brake on guessing. */
export class Accounts<One extends Account> {
  readonly #failures = new Map<string, { count: number; until: number }>();

  constructor(
    private readonly accounts: readonly One[],
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws Failure unauthenticated, or too-many after repeated failures */
  enter(login: unknown, password: unknown): One {
    if (
      typeof login !== 'string' ||
      typeof password !== 'string' ||
      login.length > 100 ||
      password.length > 200
    )
      throw new Failure('invalid', 'Give a login and a password');
    const key = login.trim().toLowerCase();
    const before = this.#failures.get(key);
    if (before !== undefined && before.count >= MOST_FAILURES && before.until > this.now())
      throw new Failure('too-many', 'Too many attempts: wait a minute', {
        retryAfterSeconds: PAUSE_MS / 1000,
      });
    const account = this.accounts.find((one) => one.login.toLowerCase() === key);
    if (!isPassword(password, account?.password ?? nobody) || account === undefined) {
      this.#failures.set(key, { count: (before?.count ?? 0) + 1, until: this.now() + PAUSE_MS });
      if (this.#failures.size > 10_000) this.#failures.clear();
      throw new Failure('unauthenticated', 'Login or password is wrong');
    }
    this.#failures.delete(key);
    return account;
  }
}

function isPassword(password: string, stored: string): boolean {
  const [, salt = '', hash = ''] = stored.split(':');
  const expected = Buffer.from(hash, 'base64url');
  const given = scryptSync(password, Buffer.from(salt, 'base64url'), KEY_BYTES);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/**
 * Entries as a file of JSON lists them.
 * @param read makes one of its members: `text` gives one that must be there
 * @throws Failure when the file is not what it should be
 */
export function readEntries<One>(
  value: unknown,
  read: (text: (name: string) => string, members: Readonly<Record<string, unknown>>) => One,
): One[] {
  if (!Array.isArray(value)) throw new Failure('invalid', 'The entries must be a list');
  return value.map((one: Record<string, unknown>, at) =>
    read((name) => {
      const found = one[name];
      if (typeof found !== 'string' || found === '')
        throw new Failure('invalid', `Entry ${String(at + 1)} lacks ${name}`);
      return found;
    }, one),
  );
}

import { createHmac } from 'node:crypto';
import { setNames, type SetName, type SetSizes } from './set-sizes.js';

/**
 * In which set a person is: it follows from the pseudonym and the project's secret alone, so it is the same in every refresh,
 * whatever rows there are, and nobody else can work it out.
 */
export function setOf(person: string, sizes: SetSizes, secret: string): SetName {
  const hash = createHmac('sha256', Buffer.from(secret, 'base64url')).update(`split ${person}`).digest();
  const place = (hash.readUIntBE(0, 6) / 2 ** 48) * 100;
  let end = 0;
  for (const name of setNames) {
    end += sizes[name];
    if (place < end) return name;
  }
  return 'development';
}

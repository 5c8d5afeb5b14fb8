import { createHmac } from 'node:crypto';

/**
 * A draw from (nearly) the standard normal distribution that is the same whenever the same is drawn for: the bits of an
 * HMAC are 256 coins. It has no hard edge within reach: an edge would prove what a count was not.
 */
export function drawFor(
  key: Uint8Array,
  purpose: 'threshold' | 'noise',
  subject: string | Uint8Array,
): number {
  const digest = createHmac('sha256', key).update(`${purpose}\n`).update(subject).digest();
  let heads = 0;
  for (const byte of digest) for (let rest = byte; rest > 0; rest >>>= 1) heads += rest & 1;
  return (heads - 128) / 8;
}

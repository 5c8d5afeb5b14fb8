import type { CountingPolicy } from '../counts/counting-policy.js';
import { drawFor } from '../counts/stable-draw.js';

const SHARE_STEP = 0.05;

/**
 * How many persons something is about, for everybody to read: undefined where they are few. As long as they are the same
 * persons the figure is the same, and otherwise it moves by more than one of them: that somebody came or left is not seen.
 */
export function publishCount(
  policy: CountingPolicy,
  key: Uint8Array,
  about: string,
  persons: ReadonlySet<string>,
): number | undefined {
  const drawn = policy.typicalThreshold + policy.thresholdDeviation * drawFor(key, 'threshold', about);
  if (persons.size < Math.max(policy.minimumCell, drawn)) return undefined;
  const deviation = Math.max(policy.noise, policy.relativeNoise * persons.size);
  const noise = deviation * drawFor(key, 'noise', `${about}\n${[...persons].sort().join('\n')}`);
  const rounded = policy.roundTo * Math.round((persons.size + noise) / policy.roundTo);
  return Math.max(rounded, policy.minimumCell);
}

/** A number to two significant digits: of things of which one person can have many. */
export function publishSize(count: number): number {
  return Number(count.toPrecision(2));
}

/** A part of a whole in steps of a twentieth; undefined where few persons have it, or few have it not. */
export function publishShare(
  policy: CountingPolicy,
  { having, lacking, share }: ShareOfPersons,
): number | undefined {
  const few = [having, lacking].some(({ size }) => size > 0 && size < policy.minimumCell);
  if (few || having.size + lacking.size === 0) return undefined;
  return Math.round(Math.round(share / SHARE_STEP) * SHARE_STEP * 100) / 100;
}

export interface ShareOfPersons {
  readonly having: ReadonlySet<string>;
  readonly lacking: ReadonlySet<string>;
  readonly share: number;
}

import { createHmac } from 'node:crypto';

const day = 86_400_000;

/**
 * All dates of one person moved by the same number of days, at most `limit` either way and never none: intervals stay. The
 * number follows from the project's key: it differs per project, and ends with the key.
 * @param date YYYY-MM-DD; anything less or else gives undefined
 */
export function shiftDate(key: Uint8Array, person: string, date: string, limit = 182): string | undefined {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(date) : NaN;
  if (Number.isNaN(time)) return undefined;
  const drawn =
    createHmac('sha256', key).update(`date-shift\n${person}`).digest().readUIntBE(0, 6) % (2 * limit);
  const shift = drawn < limit ? drawn - limit : drawn - limit + 1;
  return new Date(time + shift * day).toISOString().slice(0, 10);
}

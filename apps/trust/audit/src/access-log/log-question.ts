import { Failure } from '@samenhang/errors';
import { languages, type Language } from './plain-words.js';

/** A period of a patient's own log. */
export interface LogQuestion {
  readonly from: Date;
  /** Exclusive. */
  readonly until: Date;
  /** Only what came before this place in the trail. */
  readonly before?: number;
  readonly language: Language;
}

const FIELDS = new Set(['from', 'until', 'cursor', 'language']);
const DATE = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2}))?$/;
const CURSOR = /^[1-9]\d{0,14}$/;
const DAY_MS = 86_400_000;

/** Whose log it is, is not in it: that is known from the token. @throws Failure('malformed') */
export function readLogQuestion(body: unknown): LogQuestion {
  if (typeof body !== 'object' || body === null) throw malformed('from');
  const fields = body as Record<string, unknown>;
  const unknown = Object.keys(fields).some((name) => !FIELDS.has(name));
  if (unknown) throw new Failure('malformed', `Fields are: ${[...FIELDS].join(', ')}`);
  const language = languages.find((each) => each === (fields['language'] ?? 'nl'));
  if (language === undefined) throw malformed('language');
  const from = readDate(fields['from'], 'from');
  const last = readDate(fields['until'], 'until');
  // The last day counts whole.
  const until = String(fields['until']).includes('T') ? last : new Date(last.getTime() + DAY_MS);
  if (until <= from) throw malformed('until');
  return { from, until, language, ...readCursor(fields['cursor']) };
}

function readDate(value: unknown, name: string): Date {
  const time = typeof value === 'string' && DATE.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw malformed(name);
  return new Date(time);
}

function readCursor(value: unknown): { before?: number } {
  if (value === undefined) return {};
  if (typeof value !== 'string' || !CURSOR.test(value)) throw malformed('cursor');
  return { before: Number(value) };
}

function malformed(name: string): Failure {
  const text = `${name} is required in its documented form`;
  return new Failure('malformed', text, { issues: [{ text, expression: name }] });
}

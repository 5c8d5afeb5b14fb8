import type { DatePrecision, ElementRule } from '@samenhang/secondary-use';
import { OLDEST_AGE, publicSystems } from '../generalisation.js';
import { ENCOUNTER } from '../permitted-source.js';
import { visitMembers } from './json-members.js';

/** What is moved, and by how much. */
export interface Precision {
  readonly dates: DatePrecision;
  readonly shiftDays: number;
  /** What an Encounter of this id is called for the project. */
  readonly encounterKey: (id: string) => string;
}

/** Written JSON, and what of it may leave as written JSON; undefined for nothing. */
type Generalise = (stated: string, precision: Precision) => string | undefined;

const PUBLIC_SYSTEM = new RegExp(publicSystems);
const ENCOUNTER_REFERENCE = new RegExp(ENCOUNTER);
const CODE = /^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$/;
const PLAIN = /^[a-z][a-z-]{0,31}$/;
const MOMENT = /^\d{4}(-\d{2}(-\d{2}(T.*)?)?)?$/;
const NUMBER = /^-?\d/;
const POSTCODE = /^[1-9]\d{3} ?[A-Z]{0,2}$/;
const UNIT_SYSTEM = 'http://unitsofmeasure.org';
const LONGEST_UNIT = 32;
const DAY_MS = 24 * 60 * 60 * 1000;

/** The rules of `generalisationFunctions`, for streams: the same answers, which a test holds them to. */
export const generaliseValue: Readonly<Record<ElementRule, Generalise>> = {
  plain: remembered(plain),
  concept: remembered((stated) => written(conceptOf(JSON.parse(stated)))),
  coding: remembered((stated) => written(codingOf(JSON.parse(stated)))),
  quantity,
  moment,
  period,
  encounter,
  'birth-date': birthDate,
  'postcode-region': remembered(postcodes),
};

/** Few codes make up nearly all values: each is looked at once. What is kept is bounded. */
function remembered(generalise: (stated: string) => string | undefined): Generalise {
  const most = 20_000;
  const longest = 2_000;
  const known = new Map<string, string | undefined>();
  return (stated) => {
    const found = known.get(stated);
    if (found !== undefined || known.has(stated)) return found;
    const made = generalise(stated);
    if (known.size >= most) known.clear();
    if (stated.length <= longest) known.set(stated, made);
    return made;
  };
}

function encounter(stated: string, { encounterKey }: Precision): string | undefined {
  const { reference } = (JSON.parse(stated) ?? {}) as { reference?: unknown };
  const [, id] = typeof reference === 'string' ? (ENCOUNTER_REFERENCE.exec(reference) ?? []) : [];
  return id === undefined ? undefined : written({ reference: `Encounter/${encounterKey(id)}` });
}

function plain(stated: string): string | undefined {
  if (stated === 'true' || stated === 'false' || NUMBER.test(stated)) return stated;
  const text = stringOf(stated);
  return text !== undefined && PLAIN.test(text) ? written(text) : undefined;
}

function conceptOf(stated: unknown): unknown {
  const isList = Array.isArray(stated);
  const parts = isList ? stated : (stated as { coding?: unknown } | null)?.coding;
  if (!Array.isArray(parts)) return undefined;
  const found = (parts as unknown[]).flatMap((part) => {
    const made = !isList ? codingOf(part) : Array.isArray(part) ? undefined : conceptOf(part);
    return made === undefined ? [] : [made];
  });
  if (found.length === 0) return undefined;
  return isList ? found : { coding: found };
}

function codingOf(stated: unknown): { system: string; code: string } | undefined {
  const { system, code } = (stated ?? {}) as { system?: unknown; code?: unknown };
  if (typeof system !== 'string' || typeof code !== 'string') return undefined;
  return PUBLIC_SYSTEM.test(system) && CODE.test(code) ? { system, code } : undefined;
}

/** Its number as it is written: decimals say how exact it is. */
function quantity(stated: string): string | undefined {
  if (!stated.startsWith('{')) return undefined;
  let value: string | undefined;
  let system: string | undefined;
  let code: string | undefined;
  visitMembers(stated, isQuantityMember, (name, member) => {
    if (name === 'value') value = NUMBER.test(member) ? member : undefined;
    else if (name === 'system') system = stringOf(member);
    else code = stringOf(member);
  });
  if (value === undefined) return undefined;
  if (system !== UNIT_SYSTEM) return `{"value":${value}}`;
  const unit = code !== undefined && code.length <= LONGEST_UNIT ? `,"code":${JSON.stringify(code)}` : '';
  return `{"value":${value},"system":"${UNIT_SYSTEM}"${unit}}`;
}

function isQuantityMember(name: string): boolean {
  return name === 'value' || name === 'system' || name === 'code';
}

function period(stated: string, precision: Precision): string | undefined {
  const { start, end } = (JSON.parse(stated) ?? {}) as { start?: unknown; end?: unknown };
  const given = { start: momentOf(start, precision), end: momentOf(end, precision) };
  return given.start === undefined && given.end === undefined ? undefined : JSON.stringify(given);
}

function moment(stated: string, precision: Precision): string | undefined {
  const given = momentOf(stringOf(stated), precision);
  // Digits and hyphens only: nothing in it needs to be escaped.
  return given === undefined ? undefined : `"${given}"`;
}

function momentOf(stated: unknown, { dates, shiftDays }: Precision): string | undefined {
  if (typeof stated !== 'string' || !MOMENT.test(stated)) return undefined;
  if (dates === 'year') return stated.slice(0, 4);
  if (dates === 'month') return stated.slice(0, 7);
  const day = Date.parse(`${stated.slice(0, 10)}T00:00:00Z`);
  if (stated.length < 10 || Number.isNaN(day)) return undefined;
  return new Date(day + shiftDays * DAY_MS).toISOString().slice(0, 10);
}

function birthDate(stated: string): string | undefined {
  const [year] = /^\d{4}/.exec(stringOf(stated) ?? '') ?? [];
  if (year === undefined) return undefined;
  return written(String(Math.max(Number(year), new Date().getUTCFullYear() - OLDEST_AGE)));
}

function postcodes(stated: string): string | undefined {
  const addresses: unknown = JSON.parse(stated);
  if (!Array.isArray(addresses)) return undefined;
  const regions = (addresses as ({ postalCode?: unknown } | null)[]).flatMap((address) => {
    const code = address?.postalCode;
    return typeof code === 'string' && POSTCODE.test(code) ? [code.slice(0, 2)] : [];
  });
  if (regions.length === 0) return undefined;
  return JSON.stringify([...new Set(regions)].sort().map((postalCode) => ({ postalCode })));
}

/** The text of a JSON string; undefined for another value. */
function stringOf(stated: string): string | undefined {
  if (!stated.startsWith('"')) return undefined;
  return stated.includes('\\') ? (JSON.parse(stated) as string) : stated.slice(1, -1);
}

function written(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

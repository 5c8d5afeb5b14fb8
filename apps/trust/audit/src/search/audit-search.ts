import { identifierSystems } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { findBsn, type Bsn } from '@samenhang/patient-identity';

export interface AuditSearch {
  readonly from?: Date;
  /** Exclusive. */
  readonly until?: Date;
  readonly patient?: Bsn;
  readonly count: number;
  /** Only events before this place in the stream. */
  readonly before?: number;
}

type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>;

const DEFAULT_COUNT = 50;
const MAXIMUM_COUNT = 500;
const DATE = /^(eq|ge|le|gt|lt)?(\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2}))?)$/;
const DAY_MS = 86_400_000;

/**
 * Search parameters of AuditEvent. A patient is accepted in a body only: a URL ends up in logs.
 * @throws Failure('malformed') for a parameter that is unknown or cannot be read; an ignored one would widen the answer
 */
export function readSearch(parameters: Parameters, source: 'url' | 'body'): AuditSearch {
  let search: AuditSearch = { count: DEFAULT_COUNT };
  for (const [name, value] of Object.entries(parameters)) {
    for (const text of [value ?? []].flat())
      search = { ...search, ...readParameter(name, text, search, source) };
  }
  return search;
}

function readParameter(
  name: string,
  text: string,
  search: AuditSearch,
  source: 'url' | 'body',
): Partial<AuditSearch> {
  switch (name) {
    case 'date':
      return readDate(text, search);
    case 'patient:identifier':
      if (source === 'url') throw refusal(name, 'may be sent in the body of POST _search only');
      return { patient: readPatient(text, search.patient) };
    case '_count':
      return { count: Math.min(readWhole(name, text), MAXIMUM_COUNT) };
    case 'cursor':
      return { before: readWhole(name, Buffer.from(text, 'base64url').toString()) };
    default:
      throw refusal(name, 'is not supported');
  }
}

/** Repeated dates narrow the period (FHIR R4 search: repeated parameters are joined with AND). */
function readDate(text: string, search: AuditSearch): Partial<AuditSearch> {
  const [, prefix = 'eq', moment] = DATE.exec(text) ?? [];
  const start = moment === undefined ? Number.NaN : Date.parse(moment);
  if (Number.isNaN(start)) throw refusal('date', 'must be a date or an instant');
  const end = start + (moment?.includes('T') === true ? 1 : DAY_MS);
  const from = prefix === 'gt' ? end : prefix === 'eq' || prefix === 'ge' ? start : undefined;
  const until = prefix === 'lt' ? start : prefix === 'eq' || prefix === 'le' ? end : undefined;
  return {
    ...(from === undefined ? {} : { from: new Date(Math.max(from, search.from?.getTime() ?? from)) }),
    ...(until === undefined ? {} : { until: new Date(Math.min(until, search.until?.getTime() ?? until)) }),
  };
}

function readPatient(text: string, earlier: Bsn | undefined): Bsn {
  const [system, value] = text.split('|');
  const patient = system === identifierSystems.bsn ? findBsn(value ?? '') : undefined;
  if (patient === undefined) throw refusal('patient:identifier', 'must be the system and value of a BSN');
  if (earlier !== undefined && earlier !== patient)
    throw refusal('patient:identifier', 'may name one patient');
  return patient;
}

function readWhole(name: string, text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw refusal(name, 'must be a positive whole number');
  return Number(text);
}

function refusal(name: string, rule: string): Failure {
  const known = /^[\w:.-]{1,40}$/.test(name) ? name : 'a parameter';
  return new Failure('malformed', `${known} ${rule}`);
}

export function cursorOf(sequence: number): string {
  return Buffer.from(String(sequence)).toString('base64url');
}

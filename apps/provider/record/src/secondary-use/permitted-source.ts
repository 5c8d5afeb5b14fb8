import { createHmac } from 'node:crypto';
import {
  ruleOf,
  subjectElementOf,
  type Dataset,
  type ElementRule,
  type PermitTerms,
} from '@samenhang/secondary-use';

/** Parameters of the statement that a permitted source stands in. */
export const sourceParameters = {
  tenant: '$1',
  patientKeys: '$2',
  persons: '$3',
  shifts: '$4',
} as const;

const BLOCK_BYTES = 64;
/** A reference within the record; one elsewhere is to nothing that a permit gives. */
export const ENCOUNTER = '^Encounter/([A-Za-z0-9.-]{1,64})$';

/** A part of the resources, in the order of their ids. SQL of this program. */
export interface SourcePage {
  /** Conditions on the table `r`. */
  readonly where?: readonly string[];
  /** Parameters with the id behind which it begins, and the one with which it ends. */
  readonly after?: string;
  readonly upTo?: string;
}

/**
 * A FROM item in place of the table: resources as a permit gives them, and nothing beside. A view runs over these, so that no
 * path, however it is written, reaches what the permit does not give. Only names and values of this program stand in the text.
 */
export function permittedSource(
  dataset: Dataset,
  terms: PermitTerms,
  alias: string,
  { where = [], after, upTo }: SourcePage = {},
): string {
  const { type } = dataset;
  const { tenant, patientKeys, persons, shifts } = sourceParameters;
  const isPatient = type === 'Patient';
  const conditions = [
    `r.tenant = ${tenant}`,
    `r.type = '${type}'`,
    'NOT r.deleted',
    ...(isPatient
      ? []
      : [
          `r.effective_from >= '${terms.period.from}'::date`,
          `r.effective_from < '${terms.period.until}'::date`,
        ]),
    ...where,
    ...(isPatient ? [] : boundsOf('r', after, upTo)),
  ];
  // Of several Patient resources of one person one stands for all, whichever part it is in.
  const columns = `${isPatient ? 'DISTINCT ON (e.person) ' : ''}r.id, r.body::jsonb AS raw, e.person, e.shift`;
  const stored =
    `SELECT ${columns} FROM resource r JOIN unnest(${patientKeys}::bigint[], ${persons}::text[], ${shifts}::int[]) ` +
    `AS e(patient_key, person, shift) ON e.patient_key = r.patient_key WHERE ${conditions.join(' AND ')}` +
    `${isPatient ? ' ORDER BY e.person, r.id' : ''} OFFSET 0`;
  const bounds = isPatient ? boundsOf('stored', after, upTo) : [];
  const ofPart = bounds.length === 0 ? '' : ` WHERE ${bounds.join(' AND ')}`;
  return (
    `(SELECT ${permittedResource(dataset, terms)} AS resource, stored.person AS person ` +
    `FROM (${stored}) AS stored${ofPart} OFFSET 0) AS ${alias}`
  );
}

function boundsOf(table: string, after: string | undefined, upTo: string | undefined): string[] {
  return [
    ...(after === undefined ? [] : [`${table}.id > ${after}`]),
    ...(upTo === undefined ? [] : [`${table}.id <= ${upTo}`]),
  ];
}

function permittedResource({ type, elements }: Dataset, terms: PermitTerms): string {
  const members = elements.flatMap((element) => {
    const rule = ruleOf(type, element);
    return rule === undefined ? [] : [`'${element}', ${generalised(rule, element, terms)}`];
  });
  const reference = `jsonb_build_object('reference', 'Patient/' || stored.person)`;
  const subject = subjectElementOf(type);
  const id = type === 'Patient' ? 'stored.person' : resourceKey('stored.id', type, terms);
  return `jsonb_strip_nulls(jsonb_build_object(${[
    `'resourceType', '${type}'`,
    `'id', ${id}`,
    ...(subject === undefined ? [] : [`'${subject}', ${reference}`]),
    ...members,
  ].join(', ')}))`;
}

function generalised(rule: ElementRule, element: string, terms: PermitTerms): string {
  const { dates } = terms;
  const [json, text] = [`stored.raw -> '${element}'`, `stored.raw ->> '${element}'`];
  switch (rule) {
    case 'plain':
      return `permitted_plain(${json})`;
    case 'concept':
      return `permitted_concept(${json})`;
    case 'coding':
      return `permitted_coding(${json})`;
    case 'quantity':
      return `permitted_quantity(${json})`;
    case 'moment':
      return `permitted_moment(${text}, '${dates}', stored.shift)`;
    case 'period':
      return `permitted_period(${json}, '${dates}', stored.shift)`;
    case 'encounter': {
      const id = `substring(stored.raw #>> '{${element},reference}' FROM '${ENCOUNTER}')`;
      return `CASE WHEN ${id} IS NOT NULL THEN jsonb_build_object('reference', 'Encounter/' || ${resourceKey(id, 'Encounter', terms)}) END`;
    }
    case 'birth-date':
      return `permitted_birth_date(${text})`;
    case 'postcode-region':
      return `permitted_postcodes(${json})`;
  }
}

/**
 * Ids of resources are the project's own: HMAC-SHA-256 (RFC 2104) under its secret, worked out by the database. Only the two
 * padded keys, from which the secret cannot be had back without searching for it, are in the statement.
 */
export function resourceKey(id: string, type: string, terms: PermitTerms): string {
  const key = idsKeyOf(terms);
  const padded = Buffer.concat([key, Buffer.alloc(BLOCK_BYTES - key.length)]);
  const pad = (byte: number): string =>
    `'\\x${Buffer.from(padded.map((each) => each ^ byte)).toString('hex')}'::bytea`;
  const message = `convert_to(${sourceParameters.tenant}::text || '/${type}/' || ${id}, 'UTF8')`;
  return `left(encode(sha256(${pad(0x5c)} || sha256(${pad(0x36)} || ${message})), 'hex'), 32)`;
}

/** The same key, worked out here. */
export function resourceKeyIn(tenant: string, type: string, terms: PermitTerms): (id: string) => string {
  const key = idsKeyOf(terms);
  return (id) => createHmac('sha256', key).update(`${tenant}/${type}/${id}`).digest('hex').slice(0, 32);
}

function idsKeyOf({ secret, permitId }: PermitTerms): Buffer {
  return createHmac('sha256', Buffer.from(secret, 'base64url')).update(`ids ${permitId}`).digest();
}

import { identifierSystems } from '@samenhang/data-model';
import type { Hl7Component, Hl7Field, Hl7Repetition } from '@samenhang/hl7v2';
import { isOid } from '../datatypes/oids.js';
import { hl7TableSystem } from '../fhir-systems.js';
import type { Identifier } from '../fhir-types.js';
import { textOf, type Hl7Run } from './hl7-run.js';

export interface PatientNumber {
  readonly identifier: Identifier & { readonly system: string; readonly value: string };
  readonly path: string;
  /** CX-5, e.g. `PI`. */
  readonly type: string | undefined;
}

/** The numbers of a patient in a CX field. A BSN without a number, as some systems send it, says nothing. */
export function readPatientNumbers(field: Hl7Field, run: Hl7Run): PatientNumber[] {
  return field.repetitions.flatMap((value) => {
    const number = textOf(value.component(1));
    if (number === undefined) return [];
    const type = textOf(value.component(5))?.toUpperCase();
    const stated = authoritySystem(value.component(4), run, run.mapping.settings.localIdentifierSystem);
    const system = type === 'NNNLD' ? identifierSystems.bsn : stated;
    const identifier = { ...typeOf(type, system, run), system, value: number };
    return [{ identifier, path: value.component(1).path, type }];
  });
}

function typeOf(type: string | undefined, system: string, run: Hl7Run): Pick<Identifier, 'type'> {
  const code = run.mapping.tables.findHl7('0203', type);
  if (code === undefined || system === identifierSystems.bsn) return {};
  return { type: { coding: [{ system: hl7TableSystem('0203'), code }] } };
}

/** System of the numbers of an assigning authority (HD); `fallback` where none is named. */
export function authoritySystem(authority: Hl7Component, run: Hl7Run, fallback: string): string {
  const { tables, sourceUri } = run.mapping;
  const name = textOf(authority.subcomponent(1));
  const universal = textOf(authority.subcomponent(2));
  const national = name === undefined ? undefined : tables.findAuthority(name);
  if (national !== undefined) return national;
  if (universal !== undefined) {
    const oid = universal.replace(/^urn:oid:/i, '');
    const known = tables.findIdentifierSystemOfOid(oid);
    if (known !== undefined) return known;
    if (isOid(oid)) return `urn:oid:${oid}`;
    if (/^https?:\/\/\S+$/.test(universal)) return universal;
  }
  const own = name ?? universal;
  return own === undefined ? fallback : `${sourceUri}/authority/${encodeURIComponent(own)}`;
}

/** Identifier of a thing (EI: entity, namespace, universal id). */
export function entityKey(value: Hl7Repetition): string | undefined {
  const entity = textOf(value.component(1));
  if (entity === undefined) return undefined;
  return `${entity}^${textOf(value.component(3)) ?? textOf(value.component(2)) ?? ''}`;
}

/** A number of a thing (EI) as an identifier; `type` is its code in table 0203. */
export function identifierOf(
  value: Hl7Repetition,
  type: string | undefined,
  run: Hl7Run,
): Identifier | undefined {
  const number = textOf(value.component(1));
  if (number === undefined) return undefined;
  return {
    ...(type === undefined ? {} : { type: { coding: [{ system: hl7TableSystem('0203'), code: type }] } }),
    system: entitySystem(value, run),
    value: number,
  };
}

/** Name space of an EI: its OID, else its name, else that of the source. */
function entitySystem(value: Hl7Repetition, run: Hl7Run): string {
  const universal = textOf(value.component(3));
  const name = textOf(value.component(2)) ?? universal;
  const oid = universal?.replace(/^urn:oid:/i, '');
  if (oid !== undefined && isOid(oid)) return `urn:oid:${oid}`;
  return `${run.mapping.sourceUri}/authority/${name === undefined ? 'number' : encodeURIComponent(name)}`;
}

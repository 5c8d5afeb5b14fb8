import type { Hl7Field, Hl7Repetition } from '@samenhang/hl7v2';
import { isOid } from '../datatypes/oids.js';
import type { CodeableConcept, Coding } from '../fhir-types.js';
import { textOf, type Hl7Run } from './hl7-run.js';

/**
 * A coded value (CE, CNE, CWE): code and alternate code with their systems, original text. `table` names the code system
 * of a field that is bound to an HL7 table and so need not repeat it. A code without a system is one of the source's own.
 */
export function readCoded(value: Hl7Repetition, run: Hl7Run, table?: string): CodeableConcept | undefined {
  const text = textOf(value.component(9));
  const codings = [
    readCoding(value, [1, 2, 3, 14], run, table),
    readCoding(value, [4, 5, 6, 17], run, undefined),
  ];
  const coding = codings.filter((one) => one !== undefined);
  if (coding.length === 0) {
    const words = text ?? textOf(value.component(2)) ?? textOf(value.component(5));
    return words === undefined ? undefined : { text: words };
  }
  const words = text ?? coding[0]?.display ?? ownCode(coding[0]);
  return { coding: coding.map(withoutForeignDisplay), ...(words === undefined ? {} : { text: words }) };
}

/** A code of the source's own without a name: the code is all there is to show. */
function ownCode(coding: Coding | undefined): string | undefined {
  return coding?.system?.includes('/codes/') === true ? coding.code : undefined;
}

/** A value that is text by its type (ST) although some senders put a code into it. */
export function readCodedOrText(value: Hl7Repetition, run: Hl7Run): CodeableConcept | undefined {
  if (value.componentCount > 1) return readCoded(value, run);
  const text = textOf(value);
  return text === undefined ? undefined : { text };
}

export function readCodedField(field: Hl7Field, run: Hl7Run, table?: string): CodeableConcept | undefined {
  return readCoded(field.repetition(1), run, table);
}

function readCoding(
  value: Hl7Repetition,
  [code, display, system, oid]: readonly [number, number, number, number],
  run: Hl7Run,
  table: string | undefined,
): Coding | undefined {
  const codeText = textOf(value.component(code));
  if (codeText === undefined) return undefined;
  const words = textOf(value.component(display));
  return {
    system: systemOf(textOf(value.component(system)), textOf(value.component(oid)), run, table),
    code: codeText.replace(/\s+/g, ' '),
    ...(words === undefined ? {} : { display: words }),
  };
}

function systemOf(
  name: string | undefined,
  oid: string | undefined,
  run: Hl7Run,
  table: string | undefined,
): string {
  const { tables, sourceUri } = run.mapping;
  const known = oid === undefined ? undefined : tables.findCodingSystemOfOid(oid);
  if (known !== undefined) return known;
  if (name === undefined && oid !== undefined && isOid(oid)) return `urn:oid:${oid}`;
  if (name === undefined) return `${sourceUri}/codes/${table ?? 'local'}`;
  const found = tables.findCodingSystem(name) ?? tables.findCodingSystemOfOid(name);
  if (found !== undefined) return found;
  if (isUri(name)) return name;
  if (isOid(name)) return `urn:oid:${name}`;
  return `${sourceUri}/codes/${encodeURIComponent(name.toLowerCase())}`;
}

function isUri(name: string): boolean {
  if (name.startsWith('urn:oid:')) return isOid(name.slice(8));
  return /^https?:\/\/\S+$/.test(name);
}

/**
 * What a sender writes beside a code is its own wording, often Dutch; as `display` it would claim to be the code
 * system's. It is kept as the text of the concept; only the source's own codes keep it as display.
 */
function withoutForeignDisplay(coding: Coding): Coding {
  if (coding.system?.includes('/codes/') === true) return coding;
  const { display: _display, ...rest } = coding;
  return rest;
}

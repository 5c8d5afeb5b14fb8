import type { PatientKeyring } from '@samenhang/patient-identity';
import type { Line } from '../delivery/read-lines.js';
import type { DeliveredRecord } from '../delivery/take-delivery.js';
import type { Arrival, Refusal } from '../intake/arrival.js';
import type { Source } from '../sources/source.js';
import { toFhirArrival, validateFor } from './fhir-arrival.js';
import { groupByPatient, type FhirEntry } from './group-by-patient.js';
import { isObject } from '@samenhang/fhir-server';
import { toMessages } from './read-push.js';

/** Lines of NDJSON as records; empty lines are none. */
export async function* recordsOf(
  lines: AsyncIterable<readonly Line[]>,
): AsyncGenerator<readonly DeliveredRecord[]> {
  let number = 0;
  for await (const group of lines) {
    const records: DeliveredRecord[] = [];
    for (const { number: line, content, isTooLong } of group) {
      if (isBlank(content)) continue;
      number++;
      const refusal = isTooLong
        ? refuse(line, 'too-long', 'The line is too long; only its beginning is kept')
        : undefined;
      records.push({ number, line, content, refusal });
    }
    if (records.length > 0) yield records;
  }
}

/**
 * Lines of NDJSON as messages: a Bundle for each patient of a chunk. A line that is no valid resource is kept by itself,
 * in quarantine with its number, and takes no other with it.
 */
export function toLineArrivals(
  records: readonly DeliveredRecord[],
  source: Source,
  keyring: PatientKeyring,
): Arrival[] {
  const receivedAt = new Date();
  const valid: FhirEntry[] = [];
  const refused: Arrival[] = [];
  for (const { line, content, refusal } of records) {
    const text = content.toString('utf8');
    const read = refusal === undefined ? readLine(text, content, line, source) : refusal;
    if (isEntry(read)) valid.push(read);
    else refused.push(toFhirArrival({ text, patient: undefined }, source, keyring, receivedAt, read));
  }
  const accepted = toMessages(groupByPatient(valid)).map((message) =>
    toFhirArrival(message, source, keyring, receivedAt),
  );
  return [...accepted, ...refused];
}

function readLine(text: string, content: Buffer, line: number, source: Source): FhirEntry | Refusal {
  if (Buffer.byteLength(text) !== content.length) return refuse(line, 'encoding', 'The line is not UTF-8');
  const resource = parse(text);
  if (resource === undefined) return refuse(line, 'structure', 'The line is not valid JSON');
  const [issue] = validateFor(source, resource);
  if (issue !== undefined) return refuse(line, issue.code, issue.text, issue.expression);
  return {
    resource: isObject(resource) ? resource : undefined,
    fullUrl: undefined,
    text: `{"resource":${text.trim()}}`,
  };
}

function isEntry(read: FhirEntry | Refusal): read is FhirEntry {
  return 'resource' in read;
}

function refuse(line: number, code: string, text: string, expression?: string): Refusal {
  const place = `line ${String(line)}`;
  return { code, location: expression === undefined ? place : `${place}: ${expression}`, text };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isBlank(content: Buffer): boolean {
  return content.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

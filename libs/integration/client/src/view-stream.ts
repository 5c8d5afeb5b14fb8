import type { FhirResource } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { failureOf } from './client-failure.js';
import { findText, recordOf, recordsOf } from './fhir-shape.js';
import type { PatientView } from './patient-view.js';
import { readPatientView } from './read-view.js';
import { toBundle } from './search.js';

/** How far a view is. */
export interface ViewProgress {
  /** Sources that answered, well or not, and how many there are. */
  readonly answered: number;
  readonly of: number;
}

/** A part of a view as it comes: that it began, what one source said, and at last the merged whole. */
export type ViewEvent =
  | ({ readonly kind: 'start' } & ViewProgress)
  | ({
      readonly kind: 'source';
      /** Absent where it may not be named. */
      readonly custodian?: string;
      readonly custodianName?: string;
      readonly status: string;
      /** Not merged yet: another source may say the same, or contradict it. */
      readonly resources: readonly FhirResource[];
    } & ViewProgress)
  | { readonly kind: 'view'; readonly view: PatientView };

/** @throws Failure when the stream tells of one, or ends without a view */
export async function* readViewStream(lines: AsyncIterable<string>): AsyncGenerator<ViewEvent> {
  for await (const line of lines) {
    const part = recordOf(parse(line));
    const progress = { answered: Number(part['answered'] ?? 0), of: Number(part['of'] ?? 0) };
    switch (part['event']) {
      case 'start':
        yield { kind: 'start', ...progress };
        break;
      case 'source':
        yield { ...readSource(part), ...progress };
        break;
      case 'view':
        yield { kind: 'view', view: readPatientView(toBundle(part['bundle'])) };
        return;
      case 'failure':
        throw failureOf(502, part['outcome']);
      default:
        throw new Failure('upstream', 'The query API streams what cannot be read');
    }
  }
  throw new Failure('upstream', 'The stream of the query API broke off');
}

function readSource(
  part: Readonly<Record<string, unknown>>,
): Omit<Extract<ViewEvent, { kind: 'source' }>, keyof ViewProgress> {
  const custodian = findText(recordOf(part['custodian'])['value']);
  const name = findText(part['name']);
  return {
    kind: 'source',
    status: findText(part['status']) ?? 'unknown',
    ...(custodian === undefined ? {} : { custodian }),
    ...(name === undefined ? {} : { custodianName: name }),
    resources: recordsOf(part['entry']).map(({ resource }) => resource as FhirResource),
  };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new Failure('upstream', 'The query API streams what is not JSON', { cause });
  }
}

/** The lines of a text that comes in pieces. */
export async function* linesOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of (body ?? []) as AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield line;
  }
  if (rest !== '') yield rest;
}

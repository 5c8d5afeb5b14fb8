import type { SourceReport } from '../sources/source-report.js';
import { hasAnswered } from '../sources/source-report.js';
import { stringifyExact } from '../sources/exact-json.js';
import { tagged } from './tagged-resource.js';
import { custodianIdentifier } from './view-extensions.js';

/** Newline-delimited JSON (https://github.com/ndjson/ndjson-spec). */
export const ndjson = 'application/x-ndjson';

export function wantsStream(accept: string | undefined): boolean {
  return accept?.split(',').some((one) => one.trim().startsWith(ndjson)) === true;
}

export interface Progress {
  readonly answered: number;
  readonly of: number;
}

export function startLine(of: number): string {
  return line({ event: 'start', answered: 0, of });
}

/** What one source said, as it came: not merged yet. One that may not be named is not. */
export function sourceLine(report: SourceReport, { answered, of }: Progress, revealRefused: boolean): string {
  if (report.status === 'refused' && !revealRefused)
    return line({ event: 'source', status: 'not-available', answered, of });
  const { custodian, custodianName, status, milliseconds } = report;
  return line({
    event: 'source',
    custodian: custodianIdentifier(custodian),
    ...(custodianName === undefined ? {} : { name: custodianName }),
    status,
    milliseconds,
    answered,
    of,
    ...(hasAnswered(report)
      ? {
          entry: report.resources.map(({ fullUrl, resource }) => ({
            fullUrl,
            resource: tagged(resource, [custodian]),
          })),
        }
      : {}),
  });
}

/** The end: everything, merged, as the same request without streaming gives it. */
export function viewLine(bundle: string): string {
  return `{"event":"view","bundle":${bundle}}\n`;
}

/** The end without a view: the stream had begun, so it cannot be told by the status of the answer. */
export function failureLine(outcome: object): string {
  return line({ event: 'failure', outcome });
}

function line(value: object): string {
  return `${stringifyExact(value)}\n`;
}

/** What is pushed, in order, until it is ended. */
export class LineQueue implements AsyncIterable<string> {
  readonly #lines: string[] = [];
  #wake: () => void = () => {};
  #isEnded = false;

  push(text: string): void {
    this.#lines.push(text);
    this.#wake();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (;;) {
      const text = this.#lines.shift();
      if (text !== undefined) yield text;
      else if (this.#isEnded) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

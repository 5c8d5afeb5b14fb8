import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { identifierSystems, type FhirResource } from '@samenhang/data-model';

const wholePatient = {
  name: 'everything',
  definition: 'https://samenhang.example/fhir/OperationDefinition/holder-everything',
};
const laboratory = [
  { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] },
];
const FACTS = 25;
const SHARED = 5;
const PERSON = '@person@';

export interface TimedHolder {
  readonly ura: string;
  readonly address: string;
}

/** Data holders that take a known time: what a view takes beyond the slowest of them is the platform's own. */
export class TimedHolders {
  readonly holders: readonly TimedHolder[];
  readonly #bodies: readonly string[];
  /** Longest time from request to answer of the holders since `reset`, in milliseconds. */
  #slowestMs = 0;
  /** Holders from this number on never answer. */
  #answering: number;

  private constructor(
    private readonly server: Server,
    count: number,
    isWhole: boolean,
  ) {
    const { port } = server.address() as AddressInfo;
    this.holders = Array.from({ length: count }, (_, number) => ({
      ura: String((isWhole ? 30_000_000 : 40_000_000) + number),
      address: `http://127.0.0.1:${port}/${number}/fhir`,
    }));
    this.#bodies = this.holders.map((_, number) =>
      recordOf(number)
        .map((one) => JSON.stringify(one))
        .join('\n'),
    );
    this.#answering = count;
    server.on('request', (request, response) => void this.#serve(request, response, isWhole));
  }

  /** @param isWhole whether they give a whole patient in one request, or are searched by type */
  static async start(count: number, isWhole: boolean): Promise<TimedHolders> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new TimedHolders(server, count, isWhole);
  }

  get slowestMs(): number {
    return this.#slowestMs;
  }

  reset(answering = this.holders.length): void {
    this.#slowestMs = 0;
    this.#answering = answering;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse, isWhole: boolean): Promise<void> {
    const startedAt = performance.now();
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const [, number = '0', path = ''] = /^\/(\d+)\/fhir\/([^?]*)/.exec(request.url ?? '') ?? [];
    response.setHeader('content-type', 'application/fhir+json');
    if (path === 'metadata') return void response.end(JSON.stringify(statement(isWhole)));
    if (Number(number) >= this.#answering) return;
    setTimeout(
      () => {
        response.end(this.#answer(Number(number), path, body));
        this.#slowestMs = Math.max(this.#slowestMs, performance.now() - startedAt);
      },
      20 + 5 * Number(number),
    );
  }

  #answer(number: number, path: string, body: string): string {
    const [person = ''] = /\d{9}/.exec(decodeURIComponent(body).replace(/^.*?bsn/, '')) ?? [];
    const texts = (this.#bodies[number] ?? '').replaceAll(PERSON, person).split('\n');
    const wanted = path.endsWith('_search') ? texts.filter((text) => isOfSearch(text, path, body)) : texts;
    const entries = wanted.map((text) => `{"resource":${text},"search":{"mode":"match"}}`);
    return `{"resourceType":"Bundle","type":"searchset","entry":[${entries.join(',')}]}`;
  }
}

function isOfSearch(text: string, path: string, body: string): boolean {
  const isType = text.startsWith(`{"resourceType":"${path.split('/')[0]}"`);
  return isType && (!path.startsWith('Observation') || body.includes('laboratory'));
}

function statement(isWhole: boolean): object {
  const resource = [{ type: 'Patient', ...(isWhole ? { operation: [wholePatient] } : {}) }];
  return { resourceType: 'CapabilityStatement', rest: [{ mode: 'server', resource }] };
}

/** A person and some results, a few of which all holders have. */
function recordOf(holder: number): FhirResource[] {
  const identifier = [{ system: identifierSystems.bsn, value: PERSON }];
  const person = {
    resourceType: 'Patient',
    id: 'p',
    identifier,
    birthDate: '1961-04-05',
    name: [{ family: 'Proef' }],
  };
  const results = Array.from({ length: FACTS }, (_, number) => ({
    resourceType: 'Observation',
    id: `o-${number}`,
    status: 'final',
    category: laboratory,
    code: { coding: [{ system: 'http://loinc.org', code: `${2_000 + number}-3` }] },
    subject: { reference: 'Patient/p' },
    effectiveDateTime: `20${10 + (number % 15)}-03-04T08:00:00+01:00`,
    valueQuantity: {
      value: number < SHARED ? number + 0.5 : holder * 100 + number,
      system: 'http://unitsofmeasure.org',
      code: 'mmol/L',
    },
  }));
  return [person, ...results];
}

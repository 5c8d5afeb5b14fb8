import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { objectionPseudonymOf } from '@samenhang/consent';
import { createClientKey, publicKeyOf } from '@samenhang/identity';
import {
  decodeBase64,
  decodeElement,
  decodeScalar,
  encodeBase64Url,
  evaluate,
  generateKey,
  unblind,
} from '@samenhang/oprf';
import type { Bsn } from '@samenhang/patient-identity';
import { assertPermit, readRunLine, type PermitTerms, type RunLine } from '@samenhang/secondary-use';
import type { JWK } from 'jose';

/** Stands in for what secondary use needs of others: the permit authority, pseudonymisation, the register of objections. */
export class ResearchTrust {
  isRegisterDown = false;
  knowsProject = true;
  /** Whether the permit holds, each time it is asked. */
  permitHolds: () => boolean = () => true;
  /** What pseudonymisation was asked, as text. */
  readonly evaluated: string[] = [];
  readonly #projectKey = generateKey();
  readonly #registerKey = generateKey();
  readonly #objections: { pseudonym: string; objects: boolean }[] = [];

  private constructor(
    private readonly server: Server,
    private readonly signing: JWK,
  ) {
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<ResearchTrust> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ResearchTrust(server, await createClientKey());
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The secret by which holders know the authority. */
  get authority(): object {
    return { keys: [publicKeyOf(this.signing)] };
  }

  setObjection(person: Bsn, objects: boolean): void {
    this.#objections.push({ pseudonym: objectionPseudonymOf(person, this.#registerKey), objects });
  }

  assertion(request: unknown, terms: PermitTerms, holder: string, signing = this.signing): Promise<string> {
    return assertPermit({ terms, holder, request }, signing);
  }

  /** The body of a request to run a view under a permit. */
  async question(view: unknown, terms: PermitTerms, holder: string, signing = this.signing): Promise<string> {
    const permit = await this.assertion(view, terms, holder, signing);
    return JSON.stringify({
      resourceType: 'Parameters',
      parameter: [
        { name: 'viewResource', resource: view },
        { name: 'permit', valueString: permit },
      ],
    });
  }

  /** Rows as the recipient reads them, with the pseudonyms of the project in place of the keys. */
  read(text: string): { columns: string[]; rows: unknown[][]; isComplete: boolean } {
    const lines = text.trimEnd().split('\n').map(readRunLine);
    const pseudonyms = new Map(lines.flatMap((line) => this.#open(line)));
    const rows = lines.flatMap((line) => ('row' in line ? [line.row] : []));
    return {
      columns: lines.flatMap((line) => ('columns' in line ? line.columns.map(({ name }) => name) : [])),
      rows: rows.map((row) => row.map((cell) => pseudonyms.get(cell) ?? cell)),
      isComplete: lines.some((line) => 'end' in line),
    };
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #open(line: RunLine): (readonly [unknown, string])[] {
    if (!('persons' in line)) return [];
    const { keys, blindFactors, evaluation } = line.persons;
    const subjects = JSON.parse(evaluation) as string[];
    return keys.map((key, index) => {
      const factor = decodeScalar(decodeBase64(blindFactors[index] ?? ''));
      const element = decodeElement(decodeBase64(subjects[index] ?? ''));
      return [key, encodeBase64Url(unblind(factor, element))] as const;
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url?.endsWith('/standing') === true)
      return void response.end(JSON.stringify({ holds: this.permitHolds() }));
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const body = JSON.parse(text) as { encryptedPersonalIds?: string[]; blinded?: string[]; since?: number };
    if (request.url === '/oprf/eval-batch') this.evaluated.push(text);
    if (request.url !== '/oprf/eval-batch' && this.isRegisterDown) return void response.writeHead(503).end();
    if (request.url === '/oprf/eval-batch' && !this.knowsProject) return void response.writeHead(404).end();
    const answer =
      request.url === '/oprf/eval-batch'
        ? { jwe: JSON.stringify(evaluateAll(body.encryptedPersonalIds, this.#projectKey)) }
        : this.#answerObjections(body.blinded, body.since);
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  }

  #answerObjections(blinded: readonly string[] = [], since = 0): object {
    return {
      evaluated: evaluateAll(blinded, this.#registerKey),
      objections: this.#objections.slice(since),
      revision: this.#objections.length,
      more: false,
    };
  }
}

function evaluateAll(points: readonly string[] = [], key: ReturnType<typeof generateKey>): string[] {
  return points.map((point) => encodeBase64Url(evaluate(key, decodeElement(decodeBase64(point)))));
}

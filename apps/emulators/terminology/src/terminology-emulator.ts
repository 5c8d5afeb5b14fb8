import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { operations, unknown, type Answer } from './operations.js';
import type { TerminologyBundle, TerminologyResource } from './terminology-resources.js';

const troubled: Answer = {
  status: 503,
  body: {
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code: 'transient', diagnostics: 'In trouble' }],
  },
};

/** A FHIR terminology server in memory: see the README. */
export class TerminologyEmulator {
  readonly asked: string[] = [];
  readonly #server: Server;
  #resources: readonly TerminologyResource[] = [];
  #isInTrouble = false;

  private constructor(bundle: TerminologyBundle) {
    this.load(bundle);
    this.#server = createServer((request, response) => {
      const { status, body } = this.#answer(request.method ?? '', request.url ?? '/');
      response.writeHead(status, { 'content-type': 'application/fhir+json' }).end(JSON.stringify(body));
    });
  }

  static async start(bundle: TerminologyBundle, port = 0): Promise<TerminologyEmulator> {
    const emulator = new TerminologyEmulator(bundle);
    await new Promise<void>((resolve, reject) => {
      emulator.#server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    return emulator;
  }

  /** Base URL of its FHIR API. */
  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}/fhir`;
  }

  /** What it says from now on. */
  load({ entry }: TerminologyBundle): void {
    this.#resources = entry.map(({ resource }) => resource);
  }

  fail(isInTrouble: boolean): void {
    this.#isInTrouble = isInTrouble;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #answer(method: string, url: string): Answer {
    const { pathname, search, searchParams } = new URL(url, 'http://localhost');
    const name = pathname.replace(/^\/fhir\//, '');
    this.asked.push(`${name}${search}`);
    if (this.#isInTrouble) return troubled;
    const operation = method === 'GET' && Object.hasOwn(operations, name) ? operations[name] : undefined;
    return operation?.(this.#resources, searchParams) ?? unknown('There is no such operation');
  }
}

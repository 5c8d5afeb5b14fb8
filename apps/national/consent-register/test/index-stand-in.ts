import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  blind,
  decodeBase64,
  decodeElement,
  decodeScalar,
  derivePersonInput,
  encodeBase64Url,
  referenceIndexRecipient,
  unblind,
} from '@samenhang/oprf';
import { decodeJwt } from 'jose';

/**
 * Pseudonymisation service and reference index in one stand-in: the first with the key 1, so that what goes in comes
 * out, and the second unblinds it as ever.
 */
export class IndexStandIn {
  /** Status with which the index answers instead of working. */
  indexStatus: number | undefined;
  /** What is stated about each person now, by pseudonym. */
  readonly stated = new Map<string, readonly object[]>();
  readonly bodies: string[] = [];
  readonly scopes = new Set<string>();
  refused = 0;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  about(bsn: string): readonly object[] | undefined {
    const input = derivePersonInput({ landCode: 'NL', type: 'BSN', value: bsn }, referenceIndexRecipient);
    const { blindFactor, blindedElement } = blind(input);
    return this.stated.get(encodeBase64Url(unblind(blindFactor, blindedElement)));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    this.bodies.push(text);
    const { organization_ura: by, scope } = decodeJwt(request.headers.authorization?.split(' ')[1] ?? '');
    this.scopes.add(String(scope));
    const reply = (status: number, content: object): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
    const body = JSON.parse(text) as Record<string, string>;
    if (request.url === '/oprf/eval') return reply(200, { jwe: body['encryptedPersonalId'] });
    if (request.method !== 'PUT' || request.url !== '/restrictions' || by !== '90000001')
      return reply(404, {});
    if (this.indexStatus !== undefined) {
      this.refused += 1;
      return reply(this.indexStatus, {});
    }
    const element = decodeElement(decodeBase64(body['pseudonym'] ?? ''));
    const person = encodeBase64Url(unblind(decodeScalar(decodeBase64(body['oprf_key'] ?? '')), element));
    this.stated.set(person, body['restrictions'] as unknown as object[]);
    return reply(200, {});
  }
}

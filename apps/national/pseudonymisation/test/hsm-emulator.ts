import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeBase64, decodeElement } from '@samenhang/oprf';
import type { MutualTlsCertificates } from '@samenhang/testing';
import { MemoryKeyStore } from './memory-key-store.js';

/**
 * Stands in for a hardware module, as far as the interface is known from its caller, the national reference implementation:
 *
 * | `POST /hsm/{module}/{slot}…` | body | answer |
 * |---|---|---|
 * | (nothing) | `{label, objtype}` | 200 `{objects: [{label}]}`; 404 when there is none |
 * | `/generate/oprf` | `{label}` | 201 `{label}` |
 * | `/oprf/evaluate` | `{label, blinded_point}` (base64) | 200 `{result}` (base64); 404 without key; 400 for no element |
 * | `/destroy` | `{label, objtype}` | 200; 404 when there is none |
 *
 * Only over TLS with a client certificate of the known authority. Keys are in memory and never leave it.
 */
export class HsmEmulator {
  readonly requests: string[] = [];
  /** What every request is answered with instead; `silence` is never. */
  fault: { readonly status: number; readonly body: string } | 'silence' | undefined;
  readonly #keys = new MemoryKeyStore();

  private constructor(
    private readonly server: Server,
    private readonly path: string,
  ) {
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  static async start(certificates: MutualTlsCertificates, path = '/hsm/module/1'): Promise<HsmEmulator> {
    const { authority: ca, server: own } = certificates;
    const server = createServer({
      key: own.key,
      cert: own.certificate,
      ca,
      requestCert: true,
      rejectUnauthorized: true,
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new HsmEmulator(server, path);
  }

  get url(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests.push(request.url ?? '');
    let text = '';
    for await (const part of request) text += String(part);
    if (this.fault === 'silence') return;
    const { status, body } = this.fault ?? (await this.#answer(request.url ?? '', text));
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  }

  async #answer(url: string, text: string): Promise<{ status: number; body: string }> {
    const { label = '', blinded_point: point = '' } = JSON.parse(text) as Record<string, string>;
    const answer = (status: number, body: object = {}) => ({ status, body: JSON.stringify(body) });
    const isKnown = await this.#keys.has(label);
    switch (url) {
      case this.path:
        return isKnown ? answer(200, { objects: [{ label }] }) : answer(404);
      case `${this.path}/generate/oprf`:
        if (!isKnown) await this.#keys.generate(label);
        return answer(201, { label });
      case `${this.path}/oprf/evaluate`:
        return isKnown ? this.#evaluate(label, point).then((body) => answer(200, body)) : answer(404);
      case `${this.path}/destroy`:
        await this.#keys.destroy(label);
        return answer(isKnown ? 200 : 404);
      default:
        return answer(404);
    }
  }

  async #evaluate(label: string, point: string): Promise<{ result: string }> {
    const [element] = await this.#keys.evaluate(label, [decodeElement(decodeBase64(point))]);
    return { result: Buffer.from(element ?? []).toString('base64') };
  }
}

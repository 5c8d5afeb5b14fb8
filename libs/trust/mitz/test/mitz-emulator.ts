import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { MutualTlsCertificates } from '@samenhang/testing';
import { readClosedQuestion, soapMediaType, writeClosedAnswer, type ClosedQuestion } from '../src/index.js';

/** Mitz as its callers know it: only who shows a certificate of its authority is answered. */
export class MitzEmulator {
  readonly questions: ClosedQuestion[] = [];
  readonly callers: string[] = [];
  readonly #server: Server;

  constructor({ authority, server }: MutualTlsCertificates) {
    const tls = { cert: server.certificate, key: server.key, ca: authority };
    this.#server = createServer(
      { ...tls, requestCert: true, rejectUnauthorized: true },
      (request, response) => {
        let text = '';
        request.setEncoding('utf8');
        request.on('data', (part: string) => (text += part));
        request.on('end', () => {
          this.callers.push((request.socket as TLSSocket).getPeerCertificate().subject.CN as string);
          this.questions.push(readClosedQuestion(text));
          response.writeHead(200, { 'content-type': soapMediaType }).end(writeClosedAnswer('Permit'));
        });
      },
    );
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

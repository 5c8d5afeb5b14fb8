import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { readClosedQuestion, soapMediaType, writeClosedAnswer, type ClosedQuestion } from '../src/index.js';

interface Pem {
  readonly certificate: string;
  readonly key: string;
}

export interface EmulatorCertificates {
  readonly authority: string;
  readonly server: Pem;
  readonly holder: Pem;
  /** Of another authority. */
  readonly stranger: Pem;
}

export function canMakeCertificates(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export function makeCertificates(): EmulatorCertificates {
  const directory = mkdtempSync(join(tmpdir(), 'mitz-'));
  const make = (name: string, ...options: string[]): Pem => {
    const [certificate, key] = [join(directory, `${name}.pem`), join(directory, `${name}.key`)];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    const files = ['-keyout', key, '-out', certificate, '-subj', `/CN=${name}`];
    execFileSync('openssl', ['req', '-x509', ...curve, ...files, ...options], { stdio: 'ignore' });
    return { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
  };
  try {
    const authority = make('authority');
    const signed = ['-CA', join(directory, 'authority.pem'), '-CAkey', join(directory, 'authority.key')];
    return {
      authority: authority.certificate,
      server: make('server', ...signed, '-addext', 'subjectAltName=IP:127.0.0.1'),
      holder: make('holder', ...signed),
      stranger: make('stranger'),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Mitz as its callers know it: only who shows a certificate of its authority is answered. */
export class MitzEmulator {
  readonly questions: ClosedQuestion[] = [];
  readonly callers: string[] = [];
  readonly #server: Server;

  constructor({ authority, server }: EmulatorCertificates) {
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

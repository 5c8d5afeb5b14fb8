import { createServer as createPlainServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { FhirServer, ServerAccess, SourceHttp } from '@samenhang/fhir-server';
import { ServerPolicy, type ClientCertificate } from '@samenhang/service-kit';
import { issueMutualTls } from '@samenhang/testing';
import { afterEach, describe, expect, it } from 'vitest';

const { authority, server: serverCertificate, client, stranger } = issueMutualTls();
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

function connect(baseUrl: string, certificate?: ClientCertificate): FhirServer {
  const http = new SourceHttp(new ServerPolicy('127.0.0.1'), certificate);
  closing.unshift(() => http.onModuleDestroy());
  return new FhirServer({ baseUrl }, http, new ServerAccess({ baseUrl }, http, () => Promise.resolve('')));
}

const aBundle: RequestListener = (_request, response) => void response.end('{"resourceType":"Bundle"}');
const patience = (): AbortSignal => AbortSignal.timeout(60_000);

describe('a server that asks who calls', () => {
  const show = ({ certificate: cert, key }: { certificate: string; key: string }): ClientCertificate => ({
    cert,
    key,
    ca: authority,
  });

  it('lets in whose certificate it knows, and nobody else', async () => {
    const { certificate: cert, key } = serverCertificate;
    const port = await listen(
      createServer({ cert, key, ca: authority, requestCert: true, rejectUnauthorized: true }, aBundle),
    );
    const base = `https://127.0.0.1:${String(port)}/fhir`;
    const read = (certificate?: ClientCertificate) => connect(base, certificate).readBundle(base, patience());
    expect(await read(show(client))).toEqual({ resourceType: 'Bundle' });
    await expect(read(show(stranger))).rejects.toThrow('cannot be reached');
    await expect(read({ ...show(client), ca: stranger.certificate })).rejects.toThrow('cannot be reached');
    await expect(read()).rejects.toThrow('cannot be reached');
  });
});

describe('a search', () => {
  it('has its form in the body, and no part of it in the address', async () => {
    const seen: { request: IncomingMessage; body: string }[] = [];
    const port = await listen(
      createPlainServer((request, response) => {
        let body = '';
        request.on('data', (part) => (body += String(part)));
        request.on('end', () => {
          seen.push({ request, body });
          aBundle(request, response);
        });
      }),
    );
    const server = connect(`http://127.0.0.1:${String(port)}/fhir/`);
    await server.readBundle(server.urlOf('Patient/_search'), patience(), { form: { identifier: 'a|b' } });
    await server.readBundle(
      server.urlOf('Flag', [
        ['_include', 'a'],
        ['_include', 'b'],
      ]),
      patience(),
    );
    expect(seen.map(({ request: { method, url }, body }) => [method, url, body])).toEqual([
      ['POST', '/fhir/Patient/_search', 'identifier=a%7Cb'],
      ['GET', '/fhir/Flag?_include=a&_include=b', ''],
    ]);
  });

  it('ends as soon as it costs more than it may', async () => {
    let sent = 0;
    const port = await listen(
      createPlainServer((_request, response) => {
        const more = (): void => {
          while (!response.destroyed && response.write('x'.repeat(10_000))) sent += 10_000;
        };
        response.on('drain', more);
        more();
      }),
    );
    const server = connect(`http://127.0.0.1:${String(port)}/fhir`);
    let left = 100_000;
    const spend = (bytes: number): void => {
      left -= bytes;
      if (left < 0) throw new RangeError('enough');
    };
    await expect(server.readBundle(server.urlOf('Flag'), patience(), { spend })).rejects.toThrow('enough');
    expect(sent).toBeLessThan(50_000_000);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateEventLog } from '@samenhang/event-log-postgres';
import { createClientKey } from '@samenhang/identity';
import { runService } from '@samenhang/service-kit';
import { createTestDatabase, freePort, TokenIssuer } from '@samenhang/testing';
import { exportJWK, generateKeyPair, type CryptoKey } from 'jose';
import pg from 'pg';
import { referenceIndexService } from '../src/index.js';

export interface RunningIndex {
  readonly url: string;
  readonly issuer: TokenIssuer;
  /** Signing key of the pseudonymisation service, and the public key of the index. */
  readonly prsKey: CryptoKey;
  readonly prsUrl: string;
  readonly indexKey: CryptoKey;
  /** What the index reported to need no more. */
  readonly releases: readonly object[];
  query<Row>(sql: string): Promise<Row[]>;
  stop(): Promise<void>;
}

/** The real service on a database of its own; around it a token issuer and the key set of a pseudonymisation service. */
export async function startIndex(variables: Record<string, string> = {}): Promise<RunningIndex> {
  const database = await createTestDatabase();
  await migrateEventLog(database.url);
  const issuer = await TokenIssuer.start('registrar');
  const prs = await generateKeyPair('ES256');
  const releases: object[] = [];
  const prsServer = await servePrs(
    { ...(await exportJWK(prs.publicKey)), kid: 'prs', alg: 'ES256' },
    releases,
  );
  const encryption = await generateKeyPair('RSA-OAEP-256', { extractable: true });
  const secrets = mkdtempSync(join(tmpdir(), 'reference-index-'));
  const secret = {
    decryption: await exportJWK(encryption.privateKey),
    pseudonymHashSecret: Buffer.alloc(32, 7).toString('base64'),
  };
  writeFileSync(join(secrets, 'reference-index.json'), JSON.stringify(secret));
  writeFileSync(join(secrets, 'client-reference-index.json'), JSON.stringify(await createClientKey()));
  const service = await runService(referenceIndexService, {
    PORT: String(await freePort()),
    LOG_LEVEL: 'silent',
    DATABASE_URL: database.url,
    SECRETS_DIR: secrets,
    AUTHORISATION_SERVER_URL: issuer.url,
    PSEUDONYMISATION_URL: prsServer.url,
    ...variables,
  });
  const client = new pg.Client({ connectionString: database.url, options: '-c search_path=reference_index' });
  await client.connect();
  return {
    url: service.url,
    issuer,
    prsKey: prs.privateKey,
    prsUrl: prsServer.url,
    indexKey: encryption.publicKey,
    releases,
    query: async <Row>(sql: string) => (await client.query(sql)).rows as Row[],
    async stop() {
      await client.end();
      await service.close();
      await issuer.close();
      await prsServer.close();
      await database.drop();
      rmSync(secrets, { recursive: true });
    },
  };
}

/** The key set of a pseudonymisation service, and its route for what recipients need no more. */
async function servePrs(
  key: object,
  releases: object[],
): Promise<{ url: string; close(): Promise<unknown> }> {
  const server = createServer((request, response) => {
    if (request.url === '/recipients/releases') {
      let text = '';
      request.on('data', (chunk) => (text += String(chunk)));
      request.on('end', () => {
        releases.push(JSON.parse(text) as object);
        response.writeHead(204).end();
      });
      return;
    }
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [key] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

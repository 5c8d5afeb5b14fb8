import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Installation } from './installation.js';

let dataDir: string;
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'samenhang installation '));
  mkdirSync(join(dataDir, 'secrets'));
  const clients = [
    { client_id: 'registrar', scopes: ['prs:evaluate', 'nvi:create', 'nvi:read'] },
    { client_id: 'query-api', scopes: ['prs:evaluate', 'nvi:localize'] },
    { client_id: 'demo', scopes: ['view:read', 'nvi:read'], facilityTypes: { '22222222': 'V4' } },
  ];
  writeFileSync(join(dataDir, 'secrets', 'authorisation-server.json'), JSON.stringify({ clients }));
});
afterAll(() => {
  rmSync(dataDir, { recursive: true });
});

describe('the client that a development token is for', () => {
  it.each([
    ['the development client, where it may', ['nvi:read'], 'demo'],
    ['the service that may have the scope', ['nvi:create'], 'registrar'],
    ['the service that may have all of them', ['prs:evaluate', 'nvi:localize'], 'query-api'],
    ['the development client, to be refused, where no one may', ['nvi:create', 'nvi:localize'], 'demo'],
  ])('is %s', (_name, scopes, client) => {
    expect(new Installation({ dataDir }, {}).clientFor(scopes)).toBe(client);
  });
});

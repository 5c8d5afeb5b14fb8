// Declares a source of Pharmacy De Brug that pushes FHIR, and pushes one Bundle to it.
//   node docs/guides/examples/declare-source.mjs        (while `npm start` runs)
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProfessionalTokens, proofHeaders } from '@samenhang/client';

const base = Number(process.env.SAMENHANG_PORT_BASE ?? 8600);
const ingest = process.env.INGEST_URL ?? `http://127.0.0.1:${base + 6}`;
const ura = '44444444';

// The key of your OAuth client, made when the client was registered; here that of the development client.
const clientKey = JSON.parse(readFileSync(join(process.env.SECRETS_DIR, 'client-demo.json'), 'utf8'));
const tokens = new ProfessionalTokens({
  issuer: process.env.AUTHORISATION_SERVER_URL ?? `http://127.0.0.1:${base + 1}`,
  clientId: 'demo',
  clientKey,
  organisation: ura,
  scope: 'ingest:admin ingest:write',
});

async function send(method, url, contentType, body) {
  const token = await tokens.getToken(ingest);
  const headers = { ...(await proofHeaders(token, method, url)), 'content-type': contentType };
  const answer = await fetch(url, { method, headers, body: JSON.stringify(body) });
  console.log(method, new URL(url).pathname, answer.status, await answer.text());
}

const source = `${ingest}/tenants/${ura}/sources/example`;
await send('PUT', source, 'application/json', {
  kind: 'fhir-push',
  displayName: 'Example of the guide',
  settings: {
    localIdentifierSystem: 'https://debrug.example/guide/patients',
    timeZone: 'Europe/Amsterdam',
    defaultCharset: 'UTF-8',
  },
});
await send('POST', `${source}/fhir`, 'application/fhir+json', {
  resourceType: 'Bundle',
  type: 'collection',
  entry: [
    {
      fullUrl: 'urn:uuid:0b1c5f0a-6c0e-4c58-9a5e-7f0d6a1b2c3d',
      resource: {
        resourceType: 'Patient',
        id: 'guide-1',
        identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '999990019' }],
        name: [{ family: 'Voorbeeld', given: ['Gids'] }],
        gender: 'female',
        birthDate: '1970-01-01',
      },
    },
  ],
});

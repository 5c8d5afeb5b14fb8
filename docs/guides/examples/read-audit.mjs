// Reads the trail of one care provider: who looked, and whether the chain is whole.
//   node docs/guides/examples/read-audit.mjs            (while `npm start` runs)
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProfessionalTokens, proofHeaders } from '@samenhang/client';

const base = Number(process.env.SAMENHANG_PORT_BASE ?? 8600);
const audit = `http://127.0.0.1:${base + 10}`;
const tokens = new ProfessionalTokens({
  issuer: `http://127.0.0.1:${base + 1}`,
  clientId: 'demo',
  clientKey: JSON.parse(readFileSync(join(process.env.SECRETS_DIR, 'client-demo.json'), 'utf8')),
  organisation: '22222222',
  scope: 'audit:read',
});

async function get(path) {
  const url = `${audit}${path}`;
  const headers = await proofHeaders(await tokens.getToken(audit), 'GET', url);
  const answer = await fetch(url, { headers });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer.json();
}

const bundle = await get('/fhir/AuditEvent?_count=10');
for (const { resource } of bundle.entry ?? []) {
  const who = resource.agent?.map(({ who }) => who?.identifier?.value ?? who?.display).filter(Boolean);
  console.log(resource.recorded, resource.type?.code, `outcome ${resource.outcome}`, who?.join(', '));
}
console.log(await get('/chain/verification'));

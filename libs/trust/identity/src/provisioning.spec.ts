import { describe, expect, it } from 'vitest';
import {
  provisionSecrets,
  publicKeyOf,
  type AuthorisationServerSecrets,
  type ProvisioningPlan,
} from './provisioning.js';

const plan: ProvisioningPlan = {
  clients: [{ clientId: 'viewer', title: 'Viewer', organisations: ['11111111'], scopes: ['view:read'] }],
};

describe('provisioning', () => {
  it('makes every secret, and the server knows only public halves', async () => {
    const files = await provisionSecrets(undefined, plan);
    expect(Object.keys(files).toSorted()).toEqual([
      'authorisation-server',
      'client-viewer',
      'dezi',
      'patient-binding',
      'patient-keyring',
      'pseudonymisation',
      'reference-index',
      'source-secrets',
    ]);
    const server = files['authorisation-server'] as AuthorisationServerSecrets;
    expect(JSON.stringify(server.clients)).not.toContain('"d"');
    expect(server.clients[0]?.jwks.keys[0]).toEqual(publicKeyOf(files['client-viewer'] as object));
  });

  it('changes nothing the second time', async () => {
    const files = await provisionSecrets(undefined, plan);
    expect(await provisionSecrets(files, plan)).toEqual(files);
  });

  it('adds a client and keeps the keys of the others', async () => {
    const files = await provisionSecrets(undefined, plan);
    const more = await provisionSecrets(files, {
      clients: [
        ...plan.clients,
        { clientId: 'query-api', title: 'Query API', organisations: ['*'], scopes: ['holder:read'] },
      ],
    });
    expect(more['client-viewer']).toEqual(files['client-viewer']);
    expect(
      (more['authorisation-server'] as AuthorisationServerSecrets).clients.map((client) => client.client_id),
    ).toEqual(['viewer', 'query-api']);
  });

  it('makes an OPRF key below the order of the group, little-endian', async () => {
    const { oprfKey } = (await provisionSecrets(undefined, plan))['pseudonymisation'] as { oprfKey: string };
    expect(oprfKey).toMatch(/^[\da-f]{64}$/);
    const scalar = BigInt(`0x${Buffer.from(oprfKey, 'hex').reverse().toString('hex')}`);
    expect(scalar > 0n && scalar < 2n ** 252n + 27742317777372353535851937790883648493n).toBe(true);
  });
});

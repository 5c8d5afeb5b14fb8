import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';

interface Metadata {
  readonly authorization_endpoint?: string;
  readonly code_challenge_methods_supported?: readonly string[];
}

export const citizen: Scenario = {
  id: 9,
  title: 'Citizen / PGO',
  turn: 'later',
  async story({ given, then }, world) {
    const metadata = await given(
      'the authorisation server offers citizens a login, as MedMij has it',
      async () => {
        const issuer = world.urlOf('authorisation-server');
        const response = await fetch(`${issuer}/.well-known/openid-configuration`);
        return (await response.json()) as Metadata;
      },
    );
    await then('an authorisation code with PKCE can be had', () => {
      assert.ok(metadata.authorization_endpoint, 'There is no authorisation endpoint for citizens yet');
      assert.ok(metadata.code_challenge_methods_supported?.includes('S256'), 'PKCE with S256 is not offered');
    });
    await then('a citizen who logged in sees the own data only, and Mitz is not asked', () =>
      assert.fail('No service gives citizens their own data yet'),
    );
  },
};

import { exportJWK } from 'jose';
import type { Terminal } from '../terminal/terminal.js';
import { developmentTokens } from './development-tokens.js';
import type { Installation } from './installation.js';

export interface TokenOptions {
  readonly organisation: string;
  readonly role?: string;
  readonly purpose: string;
  readonly audience?: string;
  readonly scope: string;
  readonly json?: boolean;
}

/** Prints a development token. It is bound to a key (DPoP), which only the JSON output gives as well. */
export async function token(
  options: TokenOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const { json = false, audience = installation.urlOf('query-api'), ...request } = options;
  const tokens = await developmentTokens(installation, { ...request, extractableKey: json });
  const { accessToken, expiresAt, proofKey } = await tokens.getToken(audience);
  if (!json) {
    terminal.print(accessToken);
    terminal.note('The token is bound to a DPoP key; --json prints that key as well.');
    return 0;
  }
  const dpopKey = { ...(await exportJWK(proofKey.privateKey)), alg: 'ES256' };
  terminal.print(
    JSON.stringify({
      accessToken,
      tokenType: 'DPoP',
      expiresAt: expiresAt.toISOString(),
      audience,
      scope: request.scope,
      dpopKey,
    }),
  );
  return 0;
}

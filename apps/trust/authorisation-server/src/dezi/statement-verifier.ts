import {
  createRemoteJWKSet,
  decodeProtectedHeader,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose';
import { readStatement, StatementError, type DeziStatement, type StatementRules } from './dezi-statement.js';

const TIMEOUT_MS = 3_000;
const CLOCK_TOLERANCE_SECONDS = 5;
const ACTIVE = 'actief';

export interface StatementVerifierOptions extends StatementRules {
  /** The only addresses keys are ever fetched from; a `jku` in a statement merely picks one of these. */
  readonly keyAddresses: readonly string[];
}

/** Verifies Dezi statements in full: signature, key address, lifetime, content, revocation. */
export class StatementVerifier {
  readonly #keys: ReadonlyMap<string, JWTVerifyGetKey>;

  constructor(private readonly options: StatementVerifierOptions) {
    this.#keys = new Map(
      options.keyAddresses.map((address) => [
        address,
        createRemoteJWKSet(new URL(address), { timeoutDuration: TIMEOUT_MS }),
      ]),
    );
  }

  /** @throws StatementError */
  async verify(statement: string): Promise<DeziStatement> {
    const { address, keys } = this.#keysOf(statement);
    const claims = await verifySignature(statement, keys);
    const content = readStatement(claims, this.options);
    await this.#checkStatus(content.statusUri, address);
    return content;
  }

  #keysOf(statement: string): { address: string; keys: JWTVerifyGetKey } {
    const address = readKeyAddress(statement);
    const keys = this.#keys.get(address);
    if (keys === undefined) throw new StatementError('jku is not an accepted address');
    return { address, keys };
  }

  /** Revocation. Only asked of the issuer itself: a `status_uri` elsewhere would let a statement choose who we call. */
  async #checkStatus(statusUri: string, keyAddress: string): Promise<void> {
    const target = URL.parse(statusUri);
    if (target === null || target.origin !== new URL(keyAddress).origin) {
      throw new StatementError('status_uri is not an address of the issuer');
    }
    if ((await fetchStatus(target)) !== ACTIVE) throw new StatementError('it is not active');
  }
}

function readKeyAddress(statement: string): string {
  try {
    const { jku } = decodeProtectedHeader(statement);
    if (typeof jku === 'string') return jku;
  } catch (cause) {
    throw new StatementError('it is not a compact JWS', { cause });
  }
  throw new StatementError('jku is absent');
}

async function verifySignature(statement: string, keys: JWTVerifyGetKey): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(statement, keys, {
      algorithms: ['RS256'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ['jti', 'iss', 'nbf', 'exp'],
    });
    return payload;
  } catch (cause) {
    throw new StatementError('signature or lifetime does not hold', { cause });
  }
}

/** Not reachable, or anything but a clear answer, is not active: revocation fails closed. */
async function fetchStatus(target: URL): Promise<unknown> {
  try {
    const response = await fetch(target, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) return undefined;
    return ((await response.json()) as { status?: unknown }).status;
  } catch {
    return undefined;
  }
}

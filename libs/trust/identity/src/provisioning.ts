import { createHash, randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { PatientBindingSecret } from './patient-binding.js';
import type { Scope } from './verified-identity.js';

/** A client as the operator plans it. `organisations: ['*']` may act for any care provider (services of the platform). */
export interface ClientPlan {
  readonly clientId: string;
  readonly title: string;
  readonly organisations: readonly string[];
  /** Care-provider type per URA, e.g. `{ '22222222': 'V4' }`. */
  readonly facilityTypes?: Readonly<Record<string, string>>;
  readonly scopes: readonly Scope[];
  /** Where citizens are sent back to; only for applications that collect for them. */
  readonly redirectUris?: readonly string[];
  /** URA of the UZI server certificate by which the client authenticates, in the place of a key. */
  readonly certificateUra?: string;
  /** Whether its tokens are bound to its certificate (RFC 8705) in the place of a key of its own (RFC 9449). */
  readonly certificateBound?: true;
  /** Of its wallet, with which it proves who it is in the place of a key registered here. */
  readonly did?: string;
}

export interface ProvisioningPlan {
  readonly clients: readonly ClientPlan[];
}

/** A client as the authorisation server knows it: the public half. */
export interface RegisteredClient {
  readonly client_id: string;
  readonly title: string;
  readonly jwks: { readonly keys: readonly JWK[] };
  readonly organisations: readonly string[];
  readonly facilityTypes?: Readonly<Record<string, string>>;
  readonly scopes: readonly string[];
  readonly redirectUris?: readonly string[];
  readonly certificateUra?: string;
  readonly certificateBound?: true;
  /** Of its wallet, with which it proves who it is in the place of a key registered here. */
  readonly did?: string;
}

export interface AuthorisationServerSecrets {
  /** Signing keys to begin with, private; the first signs, the others still verify. Later ones are in the database. */
  readonly jwks: { readonly keys: readonly JWK[] };
  /** Seals the signing keys in the database: 256 bits, base64. */
  readonly keyEncryptionKey: string;
  readonly cookieKeys: readonly string[];
  readonly clients: readonly RegisteredClient[];
}

/** Content of each secrets file, by its name without `.json`. */
export type SecretFiles = Readonly<Record<string, unknown>>;

/** Order of the ristretto255 group (RFC 9496), the bound of OPRF keys. */
const GROUP_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** Signing key of an OAuth client. */
export function createClientKey(): Promise<JWK> {
  return createKey('ES256', 'sig');
}

/** Signing key of an authorisation server. */
export function createSigningKey(): Promise<JWK> {
  return createKey('ES256', 'sig');
}

/**
 * All secrets of a deployment. Keys in `existing` are kept, so a second run changes nothing; what the plan adds is
 * created, and the clients known to the authorisation server are exactly those of the plan.
 */
export async function provisionSecrets(
  existing: SecretFiles | undefined,
  plan: ProvisioningPlan,
): Promise<SecretFiles> {
  const kept = existing ?? {};
  const files: Record<string, unknown> = { ...kept };
  const clients: RegisteredClient[] = [];
  for (const client of plan.clients) {
    const name = `client-${client.clientId}`;
    const key = (kept[name] as JWK | undefined) ?? (await createClientKey());
    files[name] = key;
    clients.push(register(client, key));
  }
  const server = kept['authorisation-server'] as AuthorisationServerSecrets | undefined;
  files['authorisation-server'] = {
    jwks: server?.jwks ?? { keys: [await createSigningKey()] },
    // Installations from before keys could be changed get it now.
    keyEncryptionKey: server?.keyEncryptionKey ?? randomBytes(32).toString('base64'),
    cookieKeys: server?.cookieKeys ?? [randomBytes(32).toString('base64url')],
    clients,
  } satisfies AuthorisationServerSecrets;
  files['patient-keyring'] ??= { secret: randomBytes(32).toString('base64') };
  // Seals the one patient a token may be for.
  files['patient-binding'] ??= { key: randomBytes(32).toString('base64') } satisfies PatientBindingSecret;
  // Seals the credentials that sources are given: the current key and, for a time, those before it.
  files['source-secrets'] ??= { current: '1', keys: { '1': randomBytes(32).toString('base64') } };
  files['pseudonymisation'] = {
    // Wraps the data keys of further key versions; installations from before there were any get it now.
    keyEncryptionKey: randomBytes(32).toString('base64'),
    ...((kept['pseudonymisation'] as object | undefined) ?? {
      oprfKey: createOprfKey(),
      signing: await createKey('ES256', 'sig'),
    }),
  };
  files['reference-index'] ??= {
    decryption: await createKey('RSA-OAEP-256', 'enc'),
    pseudonymHashSecret: randomBytes(32).toString('base64'),
  };
  files['dezi'] ??= { signing: await createKey('RS256', 'sig') };
  return files;
}

/** The public half of a private key. */
export function publicKeyOf(key: JWK): JWK {
  const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, oth: _oth, k: _k, ...publicKey } = key;
  return publicKey as JWK;
}

function register(plan: ClientPlan, key: JWK): RegisteredClient {
  return {
    client_id: plan.clientId,
    title: plan.title,
    jwks: { keys: [publicKeyOf(key)] },
    organisations: plan.organisations,
    ...(plan.facilityTypes === undefined ? {} : { facilityTypes: plan.facilityTypes }),
    scopes: plan.scopes,
    ...(plan.redirectUris === undefined ? {} : { redirectUris: plan.redirectUris }),
    ...(plan.certificateUra === undefined ? {} : { certificateUra: plan.certificateUra }),
    ...(plan.did === undefined ? {} : { did: plan.did }),
    ...(plan.certificateBound === undefined ? {} : { certificateBound: plan.certificateBound }),
  };
}

async function createKey(alg: 'ES256' | 'RS256' | 'RSA-OAEP-256', use: 'sig' | 'enc'): Promise<JWK> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const kid = createHash('sha256')
    .update(JSON.stringify(await exportJWK(publicKey)))
    .digest('base64url')
    .slice(0, 16);
  return { ...(await exportJWK(privateKey)), kid, alg, use };
}

/** A uniformly random non-zero scalar, little-endian hexadecimal (RFC 9497, 4.1). 512 bits make the bias negligible. */
function createOprfKey(): string {
  const scalar = (BigInt(`0x${randomBytes(64).toString('hex')}`) % (GROUP_ORDER - 1n)) + 1n;
  return Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').reverse().toString('hex');
}

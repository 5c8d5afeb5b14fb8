import { createHash, X509Certificate } from 'node:crypto';
import type { Ura } from '@samenhang/data-model';
import { findCertificateFault, findUziServer, type TrustedAuthorities } from '@samenhang/identity';
import { PresentationError } from './presentation-error.js';

/** Who a `did:x509` is, when its certificates are trusted. */
export interface X509Signer {
  readonly certificate: X509Certificate;
  readonly ura: Ura;
  /** What the DID says of the certificate, `<san or subject>.<name>=<value>`, and the certificate says too. */
  readonly statements: ReadonlySet<string>;
}

const LONGEST_CHAIN = 6;

/**
 * Verifies a `did:x509` (version 0) by the certificates beside it: they lead to a trusted root by way of the authority the
 * DID names, and say all that the DID says. The UZI register's name must be among it.
 *
 * @param encoded `x5c`, base64 of DER, the signer's own first
 * @throws PresentationError
 */
export function verifyX509Did(
  did: string,
  encoded: unknown,
  trusted: TrustedAuthorities | undefined,
  now: Date,
): X509Signer {
  const [own, ...above] = readChain(encoded);
  if (own === undefined) throw new PresentationError('its certificates are absent');
  if (trusted === undefined) throw new PresentationError('no authority of certificates is trusted here');
  const fault = findCertificateFault(own, trusted, now, above);
  if (fault !== undefined) throw new PresentationError(`of its certificate, ${fault}`);
  const [prefix = '', ...policies] = did.split('::');
  const [, fingerprint] = /^did:x509:0:sha256:([\w-]{43})$/.exec(prefix) ?? [];
  if (fingerprint === undefined || !isAbove(own, above, fingerprint))
    throw new PresentationError('its certificates are of another authority than its DID');
  const statements = new Set(policies.flatMap(readPolicy));
  const server = findUziServer(own);
  if (server === undefined || !statements.has(`san.otherName=${server.text}`))
    throw new PresentationError('its DID does not name the server that its certificate names');
  const said = new Set([`san.otherName=${server.text}`, ...subjectOf(own)]);
  for (const statement of statements)
    if (!said.has(statement)) throw new PresentationError('its DID says what its certificate does not say');
  return { certificate: own, ura: server.ura, statements };
}

function readChain(encoded: unknown): X509Certificate[] {
  if (!Array.isArray(encoded) || encoded.length > LONGEST_CHAIN) return [];
  try {
    return encoded.map((each) => new X509Certificate(Buffer.from(String(each), 'base64')));
  } catch (cause) {
    throw new PresentationError('its certificates cannot be read', { cause });
  }
}

/** Whether the chain that was sent leads by way of the certificate with this fingerprint. */
function isAbove(own: X509Certificate, above: readonly X509Certificate[], fingerprint: string): boolean {
  let subject = own;
  for (const _ of above) {
    const issuer = above.find((each) => subject.checkIssued(each) && subject.verify(each.publicKey));
    if (issuer === undefined) return false;
    if (createHash('sha256').update(issuer.raw).digest('base64url') === fingerprint) return true;
    subject = issuer;
  }
  return false;
}

/** `san:otherName:<value>` and `subject:<key>:<value>[:<key>:<value>…]`; others are not understood and refused. */
function readPolicy(policy: string): string[] {
  const [kind, ...parts] = policy.split(':').map(decodeURIComponent);
  if ((kind !== 'san' && kind !== 'subject') || parts.length === 0 || parts.length % 2 !== 0)
    throw new PresentationError('its DID has a policy that is not understood');
  return parts.flatMap((name, index) =>
    index % 2 === 0 ? [`${kind}.${name}=${parts[index + 1] ?? ''}`] : [],
  );
}

function subjectOf({ subject }: X509Certificate): string[] {
  return subject.split('\n').map((line) => `subject.${line}`);
}

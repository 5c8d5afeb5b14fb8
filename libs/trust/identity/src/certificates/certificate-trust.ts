import { X509Certificate } from 'node:crypto';
import { readCertificateLists, type CertificateList } from './revocation-lists.js';

const PEM = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
/** Authorities between a certificate and its root: the national ones have two. */
const LONGEST_CHAIN = 5;
const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';

export interface TrustedAuthorities {
  /** Roots, which have signed themselves, and the authorities between. */
  readonly authorities: readonly X509Certificate[];
  /** Without them revocation is not looked at; with them each authority must have one that is in force. */
  readonly lists?: readonly CertificateList[];
}

/** @throws Error when one of the certificates or lists cannot be read, or there is no root */
export function readAuthorities(certificates: string, lists: string | undefined): TrustedAuthorities {
  const authorities = readCertificates(certificates);
  if (!authorities.some(isRoot)) throw new Error('There is no root among the certificates');
  return { authorities, ...(lists === undefined ? {} : { lists: readCertificateLists(lists) }) };
}

/** All certificates in a PEM text. @throws Error when one of them cannot be read */
export function readCertificates(pem: string): X509Certificate[] {
  return [...pem.matchAll(PEM)].map(([text]) => new X509Certificate(text));
}

/**
 * Why a certificate is not that of a client that is trusted: whether it leads to a root, each authority may sign, all are
 * valid now, none was revoked.
 *
 * @param between further authorities, which the other side sent; a root is never taken from it
 * @returns undefined when nothing is wrong
 */
export function findCertificateFault(
  certificate: X509Certificate,
  { authorities, lists }: TrustedAuthorities,
  now: Date,
  between: readonly X509Certificate[] = [],
): string | undefined {
  const { keyUsage } = certificate;
  // Node names here what others call extended key usage.
  if (keyUsage !== undefined && keyUsage.length > 0 && !keyUsage.includes(CLIENT_AUTHENTICATION))
    return 'it is not for clients';
  const candidates = [...authorities, ...between.filter((each) => !isRoot(each))];
  let subject = certificate;
  for (let length = 0; length < LONGEST_CHAIN; length += 1) {
    if (!isValidAt(subject, now)) return 'it, or an authority above it, is not valid now';
    const issuer = candidates.find((each) => hasSigned(each, subject));
    if (issuer === undefined) return 'it leads to no trusted root';
    const fault = lists === undefined ? undefined : findRevocation(subject, issuer, lists, now);
    if (fault !== undefined) return fault;
    if (isRoot(issuer)) return isValidAt(issuer, now) ? undefined : 'its root is not valid now';
    subject = issuer;
  }
  return 'its chain is too long';
}

function findRevocation(
  subject: X509Certificate,
  issuer: X509Certificate,
  lists: readonly CertificateList[],
  now: Date,
): string | undefined {
  const own = lists.filter((list) => list.isInForce(now) && list.isSignedBy(issuer.publicKey));
  // Not known is not good: a list that was not renewed may lack what was revoked since.
  if (own.length === 0) return 'there is no list of revoked certificates in force for it';
  return own.some((list) => list.holds(subject)) ? 'it was revoked' : undefined;
}

function hasSigned(issuer: X509Certificate, subject: X509Certificate): boolean {
  try {
    return issuer.ca && subject.checkIssued(issuer) && subject.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

const isRoot = (certificate: X509Certificate): boolean => hasSigned(certificate, certificate);

const isValidAt = ({ validFromDate, validToDate }: X509Certificate, now: Date): boolean =>
  validFromDate <= now && now <= validToDate;

import { verify, type KeyObject, type X509Certificate } from 'node:crypto';
import { readDer, type DerElement } from './der.js';

const PEM = /-----BEGIN X509 CRL-----([\s\S]+?)-----END X509 CRL-----/g;
const INTEGER = 0x02;
const SEQUENCE = 0x30;
const BOOLEAN = 0x01;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
/** [0] EXPLICIT, under which the extensions stand. */
const EXTENSIONS = 0xa0;

/** Digests of the signature algorithms that authorities use, by their object identifiers. */
const digests: ReadonlyMap<string, string> = new Map([
  ['2a8648ce3d040302', 'sha256'],
  ['2a8648ce3d040303', 'sha384'],
  ['2a8648ce3d040304', 'sha512'],
  ['2a864886f70d01010b', 'sha256'],
  ['2a864886f70d01010c', 'sha384'],
  ['2a864886f70d01010d', 'sha512'],
]);

/** A certificate revocation list (RFC 5280 section 5), in force or not. */
export interface CertificateList {
  readonly isSignedBy: (issuer: KeyObject) => boolean;
  readonly isInForce: (now: Date) => boolean;
  readonly holds: (certificate: X509Certificate) => boolean;
}

/** All lists in a PEM file. @throws RangeError when one of them cannot be read */
export function readCertificateLists(pem: string): CertificateList[] {
  return [...pem.matchAll(PEM)].map(([, encoded = '']) => readList(Buffer.from(encoded, 'base64')));
}

function readList(bytes: Buffer): CertificateList {
  const [outer] = readDer(bytes);
  const [signed, algorithm, signature] = readDer(outer?.content ?? Buffer.alloc(0));
  const [algorithmName] = readDer(algorithm?.content ?? Buffer.alloc(0));
  const digest = digests.get(algorithmName?.content.toString('hex') ?? '');
  if (signed === undefined || signature === undefined || digest === undefined) throw unreadable();
  const parts = readDer(signed.content);
  const [thisUpdate, nextUpdate] = parts.filter(isTime).map(readTime);
  if (thisUpdate === undefined || nextUpdate === undefined) throw unreadable();
  const revoked = new Set(revokedIn(parts));
  const isPlain = !hasCriticalExtension(parts);
  return {
    isSignedBy: (issuer) => {
      try {
        // The first byte of the bit string tells how many bits of the last are unused: none.
        return isPlain && verify(digest, signed.whole, issuer, signature.content.subarray(1));
      } catch {
        return false;
      }
    },
    isInForce: (now) => thisUpdate <= now && now < nextUpdate,
    holds: ({ serialNumber }) => revoked.has(withoutZeros(serialNumber)),
  };
}

const isTime = ({ tag }: DerElement): boolean => tag === UTC_TIME || tag === GENERALIZED_TIME;

/** The list itself is the sequence behind the times; it is absent when nothing was revoked. */
function revokedIn(parts: readonly DerElement[]): string[] {
  const list = parts.slice(parts.findLastIndex(isTime) + 1).find(({ tag }) => tag === SEQUENCE);
  return readDer(list?.content ?? Buffer.alloc(0)).map(({ content }) => {
    const [serial] = readDer(content);
    if (serial?.tag !== INTEGER) throw unreadable();
    return withoutZeros(serial.content.toString('hex'));
  });
}

/** A list for some certificates only, or one that is more than it seems, says so in a critical extension. */
function hasCriticalExtension(parts: readonly DerElement[]): boolean {
  const wrapper = parts.find(({ tag }) => tag === EXTENSIONS);
  const [extensions] = readDer(wrapper?.content ?? Buffer.alloc(0));
  return readDer(extensions?.content ?? Buffer.alloc(0)).some(({ content }) =>
    readDer(content).some((element) => element.tag === BOOLEAN && element.content.some((byte) => byte !== 0)),
  );
}

/** `YYMMDDhhmmssZ` to 2049, `YYYYMMDDhhmmssZ` (RFC 5280 section 4.1.2.5). */
function readTime({ tag, content }: DerElement): Date {
  const text = content.toString('latin1');
  const [, year = '', rest = ''] =
    (tag === UTC_TIME ? /^(\d{2})(\d{10})Z$/ : /^(\d{4})(\d{10})Z$/).exec(text) ?? [];
  const full = tag === UTC_TIME ? `${Number(year) < 50 ? '20' : '19'}${year}` : year;
  const [month, day, hour, minute, second] = rest.match(/\d{2}/g) ?? [];
  const at = new Date(`${full}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(at.getTime())) throw unreadable();
  return at;
}

const withoutZeros = (serial: string): string => serial.toLowerCase().replace(/^0+/, '');

function unreadable(): RangeError {
  return new RangeError('A list of revoked certificates cannot be read');
}

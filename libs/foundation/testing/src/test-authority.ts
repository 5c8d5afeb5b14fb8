import { generateKeyPairSync, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto';

/** DER (X.690), as much as a certificate needs. */
const der = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  const bytes: number[] = [];
  for (let rest = content.length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  const length = content.length < 0x80 ? [content.length] : [0x80 + bytes.length, ...bytes];
  return Buffer.concat([Buffer.of(tag, ...length), content]);
};
const sequence = (...parts: Uint8Array[]): Buffer => der(0x30, ...parts);
const identifier = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const time = (at: Date): Buffer => der(0x18, Buffer.from(at.toISOString().replace(/[-:T]|\.\d+/g, '')));

const ECDSA_WITH_SHA256 = sequence(identifier('2a8648ce3d040302'));
const COMMON_NAME = '550403';
const BASIC_CONSTRAINTS = '551d13';
const SUBJECT_ALTERNATIVE_NAME = '551d11';
/** Under which the UZI register puts its numbers into otherName. */
const UZI_OTHER_NAME = '550505';

export interface TestCertificate {
  readonly certificate: string;
  readonly key: string;
}

export interface RevocationListWish {
  readonly revoked?: readonly TestCertificate[];
  readonly validUntil?: Date;
}

interface CertificateWish {
  readonly commonName: string;
  /** Care provider of a UZI server certificate. */
  readonly ura?: string;
  readonly validUntil?: Date;
}

/** A certificate authority for one test: a root, or one that another authority has signed. */
export class TestAuthority {
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #name: Buffer;
  readonly certificate: string;

  constructor(commonName = 'Test authority', parent?: TestAuthority) {
    this.#name = nameOf(commonName);
    const constraints = sequence(
      identifier(BASIC_CONSTRAINTS),
      der(0x01, Buffer.of(0xff)),
      der(0x04, sequence(der(0x01, Buffer.of(0xff)))),
    );
    this.certificate = pem((parent ?? this).#issue(this.#name, this.#keys.publicKey, [constraints]));
  }

  issue({ commonName, ura, validUntil }: CertificateWish): TestCertificate {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const names = [der(0x82, Buffer.from('localhost')), der(0x87, Buffer.of(127, 0, 0, 1))];
    if (ura !== undefined) names.push(uziName(ura));
    const extension = sequence(identifier(SUBJECT_ALTERNATIVE_NAME), der(0x04, sequence(...names)));
    return {
      certificate: pem(this.#issue(nameOf(commonName), publicKey, [extension], validUntil)),
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    };
  }

  /** A list of revoked certificates (RFC 5280 section 5). */
  revocationList({ revoked = [], validUntil = inAnHour() }: RevocationListWish = {}): string {
    const entries = revoked.map(({ certificate }) => {
      const { serialNumber } = new X509Certificate(certificate);
      return sequence(der(0x02, Buffer.from(serialNumber, 'hex')), time(new Date()));
    });
    const body = sequence(
      der(0x02, Buffer.of(1)),
      ECDSA_WITH_SHA256,
      this.#name,
      time(new Date(Date.now() - 7_200_000)),
      time(validUntil),
      ...(entries.length === 0 ? [] : [sequence(...entries)]),
    );
    return pem(this.#sign(body), 'X509 CRL');
  }

  #issue(subject: Buffer, key: KeyObject, extensions: readonly Buffer[], validUntil = inAnHour()): Buffer {
    const body = sequence(
      der(0xa0, der(0x02, Buffer.of(2))),
      der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
      ECDSA_WITH_SHA256,
      this.#name,
      sequence(time(new Date(Date.now() - 7_200_000)), time(validUntil)),
      subject,
      key.export({ type: 'spki', format: 'der' }),
      der(0xa3, sequence(...extensions)),
    );
    return this.#sign(body);
  }

  #sign(body: Buffer): Buffer {
    const signature = sign('sha256', body, this.#keys.privateKey);
    return sequence(body, ECDSA_WITH_SHA256, der(0x03, Buffer.of(0), signature));
  }
}

function inAnHour(): Date {
  return new Date(Date.now() + 3_600_000);
}

function nameOf(commonName: string): Buffer {
  return sequence(der(0x31, sequence(identifier(COMMON_NAME), der(0x0c, Buffer.from(commonName)))));
}

function uziName(ura: string): Buffer {
  const number = `2.16.528.1.1007.99.2110-1-900000001-S-${ura}-00.000-00000000`;
  return der(0xa0, identifier(UZI_OTHER_NAME), der(0xa0, der(0x16, Buffer.from(number))));
}

function pem(content: Buffer, label = 'CERTIFICATE'): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

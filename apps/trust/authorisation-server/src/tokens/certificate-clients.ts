import type { IncomingMessage } from 'node:http';
import type { X509Certificate } from 'node:crypto';
import {
  findCertificateFault,
  findUziServer,
  thumbprintOf,
  type ClientCertificates,
  type TrustedAuthorities,
} from '@samenhang/identity';

const URA_PREFIX = 'urn:oid:2.16.528.1.1007.3.3.';

/** How the library is told by which name in a certificate a client is known: it compares what it does not read. */
export function toCertificateName(ura: string): string {
  return `${URA_PREFIX}${ura}`;
}

export interface CertificateClientsParts {
  readonly certificates: Pick<ClientCertificates, 'find'>;
  readonly authorities: () => TrustedAuthorities | undefined;
  readonly now?: () => Date;
}

/** Clients known by a certificate (RFC 8705): a UZI server certificate of a trusted root, of the care provider registered. */
export class CertificateClients {
  constructor(private readonly parts: CertificateClientsParts) {}

  find(request: IncomingMessage): X509Certificate | undefined {
    return this.parts.certificates.find(request);
  }

  thumbprint(request: IncomingMessage): string | undefined {
    const certificate = this.find(request);
    return certificate === undefined ? undefined : thumbprintOf(certificate);
  }

  isTrusted(request: IncomingMessage): boolean {
    const { authorities, now = () => new Date() } = this.parts;
    const [certificate, trusted] = [this.find(request), authorities()];
    if (certificate === undefined || trusted === undefined) return false;
    return findCertificateFault(certificate, trusted, now()) === undefined;
  }

  isNamed(request: IncomingMessage, expected: string): boolean {
    const certificate = this.find(request);
    const ura = certificate === undefined ? undefined : findUziServer(certificate)?.ura;
    return ura !== undefined && toCertificateName(ura) === expected;
  }
}

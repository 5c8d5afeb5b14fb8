import type { X509Certificate } from 'node:crypto';
import { findUziServer } from '@samenhang/identity';
import type { MllpClientRule } from './mllp-settings.js';

/** Whom a client certificate names. */
export interface CertificateNames {
  readonly commonName: string | undefined;
  /** Care provider of a UZI server certificate. */
  readonly ura: string | undefined;
}

export function namesIn(certificate: X509Certificate): CertificateNames {
  const commonName = /^CN=(.+)$/m.exec(certificate.subject)?.[1];
  return { commonName, ura: findUziServer(certificate)?.ura };
}

/** Whether one of the rules lets this certificate in. */
export function isAllowed(names: CertificateNames, rules: readonly MllpClientRule[] | undefined): boolean {
  if (rules === undefined) return true;
  return rules.some(
    ({ commonName, ura }) =>
      (commonName !== undefined || ura !== undefined) &&
      (commonName === undefined || commonName === names.commonName) &&
      (ura === undefined || ura === names.ura),
  );
}

import { readFileSync } from 'node:fs';
import { ConfigurationError, type ServiceEnvironment } from './environment.js';

export interface TlsSettings {
  readonly https?: {
    readonly cert: string;
    readonly key: string;
    readonly minVersion: 'TLSv1.2';
    readonly requestCert: true;
    readonly rejectUnauthorized: false;
  };
}

/**
 * TLS where it ends in this process; a deployment may as well have a proxy do it. A client is asked for a certificate and
 * may have none: whether it is trusted is decided where it matters, since tokens are bound to any certificate.
 *
 * @throws ConfigurationError
 */
export function readTls(environment: ServiceEnvironment): TlsSettings {
  const [certificate, key] = ['TLS_CERTIFICATE_FILE', 'TLS_KEY_FILE'].map((name) => environment.find(name));
  if (certificate === undefined && key === undefined) return {};
  if (certificate === undefined || key === undefined)
    throw new ConfigurationError(
      `${environment.serviceName}: TLS needs TLS_CERTIFICATE_FILE and TLS_KEY_FILE`,
    );
  try {
    return {
      https: {
        cert: readFileSync(certificate, 'utf8'),
        key: readFileSync(key, 'utf8'),
        minVersion: 'TLSv1.2',
        requestCert: true,
        rejectUnauthorized: false,
      },
    };
  } catch (cause) {
    throw new ConfigurationError(`${environment.serviceName}: the files of TLS cannot be read`, { cause });
  }
}

import { readFileSync } from 'node:fs';
import { ConfigurationError, type ServiceEnvironment } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { readAuthorities, type TrustedAuthorities } from './certificate-trust.js';
import { ClientCertificates } from './client-certificates.js';

const READ_AGAIN_MS = 60_000;

/** As the deployment says who ends TLS. @throws ConfigurationError */
export function serviceCertificates(environment: ServiceEnvironment): ClientCertificates {
  const header = environment.find('CLIENT_CERTIFICATE_HEADER');
  const proxies = (environment.find('TRUSTED_PROXIES') ?? '').split(',').map((each) => each.trim());
  const named = proxies.filter((each) => each !== '');
  if (header !== undefined && named.length === 0)
    throw new ConfigurationError(
      `${environment.serviceName}: CLIENT_CERTIFICATE_HEADER needs TRUSTED_PROXIES: anybody could send it`,
    );
  try {
    return new ClientCertificates({ ...(header === undefined ? {} : { header }), proxies: named });
  } catch (cause) {
    throw new ConfigurationError(`${environment.serviceName}: TRUSTED_PROXIES cannot be read`, { cause });
  }
}

/**
 * The authorities in the files that the deployment names, read again each minute: lists of revoked certificates are
 * renewed by day. A file that cannot be used changes nothing; a list that is over admits nobody.
 */
export class AuthorityFiles {
  #authorities: TrustedAuthorities | undefined;
  readonly #reading: NodeJS.Timeout;

  /** @throws ConfigurationError when the files cannot be used at the start */
  constructor(
    private readonly environment: ServiceEnvironment,
    logger: Logger,
  ) {
    try {
      this.#authorities = this.#read();
    } catch (cause) {
      throw new ConfigurationError(
        `${environment.serviceName}: CLIENT_CERTIFICATE_AUTHORITIES or CLIENT_CERTIFICATE_REVOCATIONS cannot be used`,
        { cause },
      );
    }
    this.#reading = setInterval(() => {
      try {
        this.#authorities = this.#read();
      } catch (error) {
        logger.error({ error }, 'authorities of client certificates not read; the old ones stay');
      }
    }, READ_AGAIN_MS).unref();
  }

  /** Undefined when no authority is trusted. */
  current(): TrustedAuthorities | undefined {
    return this.#authorities;
  }

  onModuleDestroy(): void {
    clearInterval(this.#reading);
  }

  #read(): TrustedAuthorities | undefined {
    const authorities = this.environment.find('CLIENT_CERTIFICATE_AUTHORITIES');
    const lists = this.environment.find('CLIENT_CERTIFICATE_REVOCATIONS');
    if (authorities === undefined) return undefined;
    return readAuthorities(
      readFileSync(authorities, 'utf8'),
      lists === undefined ? undefined : readFileSync(lists, 'utf8'),
    );
  }
}

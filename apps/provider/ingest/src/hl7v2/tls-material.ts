import { Injectable } from '@nestjs/common';
import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { ServiceEnvironment } from '@samenhang/service-kit';

/** Certificate (with chain) and private key of a listener, PEM. */
export interface ListenerKeys {
  readonly certificate: string;
  readonly key: string;
  readonly passphrase?: string;
}

/** Where TLS listeners get their keys: from outside of the database, by name. */
export abstract class TlsMaterial {
  /** @throws Failure('invalid') when there is no such secret, or it lacks a part */
  abstract listenerKeys(tenant: Ura, name: string): ListenerKeys;

  /** Certificate authorities of a source's senders, PEM. @throws Failure('invalid') */
  abstract clientAuthorities(tenant: Ura, name: string): string;
}

/**
 * Secrets `tls-<URA>-<name>` of the deployment. The care provider is part of the name, so that no one can listen under
 * the certificate of another by naming it in a declaration.
 */
@Injectable()
export class DeployedTlsMaterial extends TlsMaterial {
  constructor(private readonly environment: ServiceEnvironment) {
    super();
  }

  listenerKeys(tenant: Ura, name: string): ListenerKeys {
    const { certificate, key, passphrase } = this.#read<Partial<ListenerKeys>>(tenant, name);
    if (typeof certificate !== 'string' || typeof key !== 'string')
      throw missing(name, 'needs the parts "certificate" and "key"');
    return { certificate, key, ...(typeof passphrase === 'string' ? { passphrase } : {}) };
  }

  clientAuthorities(tenant: Ura, name: string): string {
    const { certificates } = this.#read<{ certificates?: unknown }>(tenant, name);
    if (typeof certificates !== 'string') throw missing(name, 'needs the part "certificates"');
    return certificates;
  }

  #read<T extends object>(tenant: Ura, name: string): T {
    try {
      return this.environment.secret<T>(`tls-${tenant}-${name}`);
    } catch (cause) {
      throw missing(name, `is not there: the deployment has no tls-${tenant}-${name}`, cause);
    }
  }
}

function missing(name: string, why: string, cause?: unknown): Failure {
  return new Failure('invalid', `The TLS secret ${name} ${why}`, { cause });
}

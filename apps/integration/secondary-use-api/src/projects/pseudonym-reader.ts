import { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { openSealedMessage, readKeyId, verifyClaims } from '@samenhang/identity';
import {
  decodeBase64,
  decodeElement,
  decodeScalar,
  encodeBase64Url,
  unblind,
  type PseudonymRecipient,
} from '@samenhang/oprf';
import type { RunPersons } from '@samenhang/secondary-use';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { createRemoteJWKSet } from 'jose';
import { SecondaryUseConfiguration } from '../configuration.js';
import { ProjectSecrets } from './project-secrets.js';

const PREFIX = 'pseudonym:eval:';
const CLOCK_TOLERANCE_SECONDS = 5;
const KEYS_TIMEOUT_MS = 3_000;

/** Reads who the persons of a holder's answer are within a project: only this service can, and only for its projects. */
@Injectable()
export class PseudonymReader {
  readonly #issuer: string;
  readonly #keys: ReturnType<typeof createRemoteJWKSet>;

  constructor(
    environment: ServiceEnvironment,
    configuration: SecondaryUseConfiguration,
    private readonly secrets: ProjectSecrets,
  ) {
    const service = environment.serviceUrl('pseudonymisation');
    this.#issuer = configuration.pseudonymisationIssuer || service;
    this.#keys = createRemoteJWKSet(new URL(`${service}/.well-known/jwks.json`), {
      timeoutDuration: KEYS_TIMEOUT_MS,
    });
  }

  /** Pseudonyms by the keys of the answer. @throws Failure('upstream') for what was not made for this project */
  async read(persons: RunPersons, recipient: PseudonymRecipient): Promise<ReadonlyMap<string, string>> {
    const subjects = await this.#open(persons.evaluation, recipient);
    if (subjects.length !== persons.keys.length) throw unusable();
    return new Map(
      persons.keys.map((key, index) => [key, pseudonymOf(persons.blindFactors[index], subjects[index])]),
    );
  }

  async #open(evaluation: string, recipient: PseudonymRecipient): Promise<readonly unknown[]> {
    let signed: string;
    try {
      signed = openSealedMessage(evaluation, this.secrets.decryptionKey, ['RSA-OAEP-256']);
    } catch (cause) {
      throw unusable(cause);
    }
    const { kid } = readKeyId(signed) ?? {};
    const key = await this.#keys({ alg: 'ES256', ...(kid === undefined ? {} : { kid }) }).catch(
      (cause: unknown) => {
        throw new Failure('unavailable', 'The keys of the pseudonymisation service cannot be had', { cause });
      },
    );
    const verified = verifyClaims(signed, KeyObject.from(key), {
      issuer: this.#issuer,
      audience: recipient.organisation,
      clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS,
      required: ['jti', 'iat', 'exp', 'requester', 'scope'],
    });
    // Of another project, it would be that project's pseudonyms.
    if ('fault' in verified || verified.claims['scope'] !== recipient.scope) throw unusable();
    const { subjects } = verified.claims;
    if (!Array.isArray(subjects)) throw unusable();
    return subjects;
  }
}

function pseudonymOf(factor: string | undefined, subject: unknown): string {
  if (factor === undefined || typeof subject !== 'string' || !subject.startsWith(PREFIX)) throw unusable();
  try {
    const element = decodeElement(decodeBase64(subject.slice(PREFIX.length)));
    return encodeBase64Url(unblind(decodeScalar(decodeBase64(factor)), element));
  } catch (cause) {
    throw unusable(cause);
  }
}

function unusable(cause?: unknown): Failure {
  return new Failure('upstream', 'The pseudonyms of a holder’s answer cannot be read', { cause });
}

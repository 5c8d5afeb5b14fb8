import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import {
  decodePseudonymToken,
  OprfError,
  unblind,
  type GroupElement,
  type GroupScalar,
  type PseudonymToken,
} from '@samenhang/oprf';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { readEvaluations, usageOf, type VersionedElement } from './evaluation-claims.js';
import { EvaluationReader } from './evaluation-reader.js';
import type { Requester } from './requester.js';
import { TokenRefusal } from './token-refusal.js';

const MINIMUM_SECRET_BYTES = 32;
const SLICE = 32;

/** What remains of a pseudonym token: enough to look up and to refuse a second use. */
export interface OpenedPseudonym {
  /** HMAC of the pseudonym: the group element's algebraic structure must not be stored. */
  readonly hash: Buffer;
  /** Version of the pseudonymisation key that made it. */
  readonly keyVersion: number;
  /** The same person under the versions that are being replaced. */
  readonly older: readonly VersionedHash[];
  readonly jti: string;
  readonly expiresAt: Date;
}

export interface VersionedHash {
  readonly hash: Buffer;
  readonly keyVersion: number;
}

/** Under every version that the token carries, newest first. */
export function allHashesOf({ hash, older }: Pick<OpenedPseudonym, 'hash' | 'older'>): Buffer[] {
  return [hash, ...older.map((each) => each.hash)];
}

/** A sealed batch of evaluations as its sender presents it. */
export interface PseudonymBatch {
  readonly evaluatedOutput: string;
  readonly blindFactors: readonly GroupScalar[];
}

/** From a sender's token to the key under which this index keeps the person. */
@Injectable()
export class PseudonymOpener {
  readonly #secret: KeyObject;

  constructor(
    environment: ServiceEnvironment,
    private readonly reader: EvaluationReader,
  ) {
    const { pseudonymHashSecret } = environment.secret<{ readonly pseudonymHashSecret: string }>(
      'reference-index',
    );
    const secret = Buffer.from(pseudonymHashSecret, 'base64');
    if (secret.length < MINIMUM_SECRET_BYTES)
      throw new RangeError('pseudonymHashSecret must have at least 32 bytes');
    this.#secret = createSecretKey(secret);
  }

  /** @throws TokenRefusal */
  async open(text: string, requester: Requester): Promise<OpenedPseudonym> {
    return this.openToken(readToken(text), requester);
  }

  /** @throws TokenRefusal */
  async openToken(token: PseudonymToken, requester: Requester): Promise<OpenedPseudonym> {
    const claims = await this.reader.read(token.evaluatedOutput, requester);
    const [evaluations = []] = readEvaluations(claims, undefined);
    return { ...this.#hashAll(token.blindFactor, evaluations), ...usageOf(claims) };
  }

  /** One sealed batch and the blind factor of each of its points, in their order. @throws TokenRefusal */
  async openBatch(batch: PseudonymBatch, requester: Requester): Promise<OpenedPseudonym[]> {
    const claims = await this.reader.read(batch.evaluatedOutput, requester);
    const usage = usageOf(claims);
    const persons = readEvaluations(claims, batch.blindFactors.length);
    const opened: OpenedPseudonym[] = [];
    for (const [index, evaluations] of persons.entries()) {
      const blindFactor = batch.blindFactors[index];
      if (blindFactor === undefined) throw new TokenRefusal('malformed');
      opened.push({ ...this.#hashAll(blindFactor, evaluations), ...usage });
      // Others are served between the slices of a long batch.
      if (opened.length % SLICE === 0) await setImmediate();
    }
    return opened;
  }

  #hashAll(
    blindFactor: GroupScalar,
    evaluations: readonly VersionedElement[],
  ): Pick<OpenedPseudonym, 'hash' | 'keyVersion' | 'older'> {
    const [newest, ...older] = evaluations.map(({ keyVersion, element }) => ({
      keyVersion,
      hash: this.#hash(blindFactor, element),
    }));
    if (newest === undefined) throw new TokenRefusal('malformed');
    return { ...newest, older };
  }

  #hash(blindFactor: GroupScalar, evaluated: GroupElement): Buffer {
    return createHmac('sha256', this.#secret).update(unblind(blindFactor, evaluated)).digest();
  }
}

function readToken(text: string): PseudonymToken {
  try {
    return decodePseudonymToken(text);
  } catch (cause) {
    if (cause instanceof OprfError) throw new TokenRefusal('malformed', cause);
    throw cause;
  }
}

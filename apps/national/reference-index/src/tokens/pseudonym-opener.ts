import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { decodePseudonymToken, OprfError, unblind, type PseudonymToken } from '@samenhang/oprf';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { evaluatedElementOf, usageOf } from './evaluation-claims.js';
import { EvaluationReader } from './evaluation-reader.js';
import type { Requester } from './requester.js';
import { TokenRefusal } from './token-refusal.js';

const MINIMUM_SECRET_BYTES = 32;

/** What remains of a pseudonym token: enough to look up and to refuse a second use. */
export interface OpenedPseudonym {
  /** HMAC of the pseudonym: the group element's algebraic structure must not be stored. */
  readonly hash: Buffer;
  readonly jti: string;
  readonly expiresAt: Date;
}

/** From a sender's token to the key under which this index keeps the person. */
@Injectable()
export class PseudonymOpener {
  readonly #secret: Buffer;

  constructor(
    environment: ServiceEnvironment,
    private readonly reader: EvaluationReader,
  ) {
    const { pseudonymHashSecret } = environment.secret<{ readonly pseudonymHashSecret: string }>(
      'reference-index',
    );
    this.#secret = Buffer.from(pseudonymHashSecret, 'base64');
    if (this.#secret.length < MINIMUM_SECRET_BYTES)
      throw new RangeError('pseudonymHashSecret must have at least 32 bytes');
  }

  /** @throws TokenRefusal */
  async open(text: string, requester: Requester): Promise<OpenedPseudonym> {
    return this.openToken(readToken(text), requester);
  }

  /** @throws TokenRefusal */
  async openToken(token: PseudonymToken, requester: Requester): Promise<OpenedPseudonym> {
    const claims = await this.reader.read(token.evaluatedOutput, requester);
    const pseudonym = unblind(token.blindFactor, evaluatedElementOf(claims));
    return { hash: createHmac('sha256', this.#secret).update(pseudonym).digest(), ...usageOf(claims) };
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

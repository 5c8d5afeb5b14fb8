import {
  ProfessionalTokens,
  SamenhangFailure,
  type ProfessionalTokensOptions,
  type TokenSource,
} from '@samenhang/client';

/** A fictional professional that the Dezi emulator gives statements about. */
export interface DemoProfessional {
  readonly deziNumber: string;
  readonly name: string;
  readonly role: string;
  readonly organisation: string;
  readonly ura: string;
}

export interface DemoSignInOptions {
  readonly authorisationServerUrl: string;
  /** Base URL of the Dezi emulator. */
  readonly deziUrl: string;
  readonly clientId: string;
  readonly clientKey: ProfessionalTokensOptions['clientKey'];
}

/**
 * Sign-in of the demonstration: whoever opens the page picks a fictional professional. There is no authentication in
 * it; an application for care signs professionals in with Dezi itself and keeps their statement in their session.
 */
export class DemoSignIn {
  constructor(private readonly options: DemoSignInOptions) {}

  async professionals(): Promise<DemoProfessional[]> {
    const list = await this.#askDezi<Record<string, string | null>[]>('professionals', 'GET');
    return list.map((entry) => ({
      deziNumber: entry['deziNumber'] ?? '',
      name: [entry['initials'], entry['prefix'], entry['surname']]
        .filter((part) => typeof part === 'string' && part !== '')
        .join(' '),
      role: entry['roleName'] ?? '',
      organisation: entry['subscriberName'] ?? '',
      ura: entry['subscriberNumber'] ?? '',
    }));
  }

  /** Tokens in the name of one professional, for one purpose; bound to a key that never leaves this process. */
  tokensOf({ deziNumber, ura }: DemoProfessional, asked: Purpose): TokenSource {
    const { authorisationServerUrl, clientId, clientKey } = this.options;
    return new ProfessionalTokens({
      issuer: authorisationServerUrl,
      clientId,
      clientKey,
      organisation: ura,
      purposeOfUse: asked.purpose,
      ...(asked.reason === undefined ? { treatmentRelation: 'asserted' } : { emergencyReason: asked.reason }),
      deziStatement: async () =>
        (await this.#askDezi<{ verklaring: string }>(`professionals/${deziNumber}/statement`, 'POST'))
          .verklaring,
    });
  }

  async #askDezi<T>(path: string, method: string): Promise<T> {
    try {
      const response = await fetch(`${this.options.deziUrl}/${path}`, {
        method,
        signal: AbortSignal.timeout(5_000),
      });
      if (response.ok) return (await response.json()) as T;
    } catch (cause) {
      throw new SamenhangFailure(
        'unavailable',
        'The sign-in service of the demonstration cannot be reached',
        { cause },
      );
    }
    throw new SamenhangFailure('unavailable', 'The sign-in service of the demonstration gave no answer');
  }
}

/** Why a professional looks. Emergencies need a reason. */
export interface Purpose {
  readonly purpose: 'TREAT' | 'BTG';
  readonly reason?: string;
}

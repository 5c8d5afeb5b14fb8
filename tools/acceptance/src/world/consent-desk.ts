import type { Bsn } from '@samenhang/patient-identity';
import { providers, type Provider } from './people.js';
import type { World } from './world.js';

export interface Choice {
  readonly bsn: Bsn;
  readonly holder: Provider;
  readonly decision: 'permit' | 'deny';
  /** Category of care providers that consult; everybody when left out. */
  readonly requesterCategory?: string;
}

/** Where citizens record their choices at the national register. */
export class ConsentDesk {
  constructor(private readonly world: World) {}

  /** @returns how to take the choice back */
  async record({ bsn, holder, decision, requesterCategory }: Choice): Promise<() => Promise<void>> {
    const answer = await this.#ask('PUT', '/choices', {
      bsn,
      holder: holder.ura,
      category: 'GGC002',
      decision,
      ...(requesterCategory === undefined ? {} : { requesterCategory }),
    });
    const { id } = JSON.parse(answer) as { id: string };
    return async () => {
      await this.#ask('DELETE', `/choices/${id}`, { bsn });
    };
  }

  async permitEverywhere(...patients: readonly Bsn[]): Promise<void> {
    for (const bsn of patients)
      for (const holder of providers) await this.record({ bsn, holder, decision: 'permit' });
  }

  async #ask(method: string, path: string, body: object): Promise<string> {
    const { status, text } = await this.world.call('consent-register', 'consent:admin', path, {
      method,
      body,
    });
    if (status >= 300) throw new Error(`The consent register answers ${status}: ${text}`);
    return text;
  }
}

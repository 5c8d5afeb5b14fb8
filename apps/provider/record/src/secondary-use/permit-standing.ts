import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { authorisedFetch, type AccessTokens } from '@samenhang/identity';

const TIMEOUT_MS = 10_000;

/** Asks whoever signs permits, on behalf of the tenant, whether one holds now. Throws where that is not answered. */
export type AskStanding = (permitId: string, tenant: Ura) => Promise<boolean>;

/**
 * Whether a permit still holds, for work that lasts longer than its assertion. An answer is relied on for a bounded time, so
 * that work under a permit that is withdrawn ends within it.
 */
export class PermitStanding {
  readonly #known = new Map<string, number>();

  constructor(
    private readonly ask: AskStanding,
    private readonly reliedOnMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @throws Failure('forbidden') when it holds no more, Failure('unavailable') when nobody says so */
  async assert(permitId: string, tenant: Ura): Promise<void> {
    const until = this.#known.get(permitId);
    if (until !== undefined && this.now() < until) return;
    this.#known.delete(permitId);
    // From before the question: it can be withdrawn while the answer is under way.
    const asked = this.now();
    if (!(await this.ask(permitId, tenant))) throw new Failure('forbidden', 'The permit holds no more');
    this.#known.set(permitId, asked + this.reliedOnMs);
  }
}

/** At the secondary-use API. A permit it does not know, or that is not about this holder, does not hold. */
export function askStanding(
  secondaryUseUrl: string,
  tokens: Pick<AccessTokens, 'clientCredentials'>,
): AskStanding {
  return async (permitId, organisation) => {
    const unknown = (cause?: unknown): Failure =>
      new Failure('unavailable', 'Whether the permit holds is not answered now', { cause });
    try {
      const token = await tokens.clientCredentials({
        audience: secondaryUseUrl,
        scope: 'permits:standing',
        organisation,
      });
      const url = `${secondaryUseUrl}/permits/${encodeURIComponent(permitId)}/standing`;
      const response = await authorisedFetch(token, url, { timeoutMs: TIMEOUT_MS });
      if (response.status === 404) return false;
      if (!response.ok) throw unknown();
      const { holds } = (await response.json()) as { holds?: unknown };
      if (typeof holds !== 'boolean') throw unknown();
      return holds;
    } catch (cause) {
      throw cause instanceof Failure && cause.kind === 'unavailable' ? cause : unknown(cause);
    }
  };
}

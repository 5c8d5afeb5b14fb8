import { canonicalBase } from '@samenhang/data-model';
import type { ByteBudget } from './byte-budget.js';
import { isRecord, recordsOf } from './json-shape.js';

/** The operation that gives all permitted categories of one person, named by identifier (see the record's conformance). */
const WHOLE_PATIENT = `${canonicalBase}/OperationDefinition/holder-everything`;
const KNOWN_MS = 10 * 60_000;
const UNKNOWN_MS = 30_000;
const MAXIMUM_HOLDERS = 10_000;

/** What a holder says of itself. */
export interface HolderOffer {
  /** It gives a whole patient in one request. */
  readonly whole: boolean;
  /** Types that it can be searched for. */
  readonly types: ReadonlySet<string>;
}

const nothing: HolderOffer = { whole: false, types: new Set() };

interface Kept {
  readonly offered: Promise<HolderOffer>;
  readonly until: number;
}

/** What holders say of themselves in their CapabilityStatement, which needs no token; asked once in a while. */
export class HolderCapabilities {
  readonly #kept = new Map<string, Kept>();

  constructor(
    private readonly timeoutMs: number,
    private readonly budget: () => ByteBudget,
  ) {}

  /** One that does not say that it gives a whole patient is searched by type. */
  offerOf(base: string): Promise<HolderOffer> {
    const now = performance.now();
    const known = this.#kept.get(base);
    if (known !== undefined && known.until > now) return known.offered;
    const asked = this.#ask(base);
    this.#keep(base, { offered: asked.then((answer) => answer ?? nothing), until: now + KNOWN_MS });
    return asked.then((answer) => {
      if (answer === undefined)
        this.#keep(base, { offered: Promise.resolve(nothing), until: performance.now() + UNKNOWN_MS });
      return answer ?? nothing;
    });
  }

  #keep(base: string, kept: Kept): void {
    this.#kept.delete(base);
    this.#kept.set(base, kept);
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined && this.#kept.size > MAXIMUM_HOLDERS) this.#kept.delete(oldest);
  }

  /** Undefined when the holder does not say. */
  async #ask(base: string): Promise<HolderOffer | undefined> {
    try {
      const response = await fetch(`${base}/metadata`, {
        redirect: 'error',
        headers: { accept: 'application/fhir+json' },
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      if (response.ok && response.body !== null)
        return readOffer(JSON.parse(await this.budget().read(response.body)));
      await response.body?.cancel();
      return undefined;
    } catch {
      return undefined;
    }
  }
}

function readOffer(statement: unknown): HolderOffer | undefined {
  if (!isRecord(statement) || statement['resourceType'] !== 'CapabilityStatement') return undefined;
  const resources = recordsOf(statement['rest']).flatMap(({ resource }) => recordsOf(resource));
  return {
    whole: resources
      .filter(({ type }) => type === 'Patient')
      .flatMap(({ operation }) => recordsOf(operation))
      .some(({ name, definition }) => name === 'everything' && definition === WHOLE_PATIENT),
    types: new Set(
      resources
        .filter(({ interaction }) => recordsOf(interaction).some(({ code }) => code === 'search-type'))
        .map(({ type }) => String(type)),
    ),
  };
}

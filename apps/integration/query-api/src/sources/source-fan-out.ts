import { dataCategories, type DataCategory, type Ura } from '@samenhang/data-model';
import type { AccessTokens, VerifiedIdentity } from '@samenhang/identity';
import type { HolderEndpoint } from '@samenhang/localisation';
import type { SourcedResource } from '@samenhang/merge';
import type { Bsn } from '@samenhang/patient-identity';
import type { QueryApiConfiguration } from '../configuration.js';
import { isAskedFor } from './asked-for.js';
import { ByteBudget } from './byte-budget.js';
import { HolderCapabilities } from './holder-capabilities.js';
import { HolderPace } from './holder-pace.js';
import { HolderConversation, TooMuchAtOnce, toSourceFailure } from './holder-conversation.js';
import { mapLimited, until } from './limited.js';
import {
  SourceFailure,
  type MissingCategory,
  type RegisteredSource,
  type SourceReport,
} from './source-report.js';

/** Where a custodian can be asked; undefined when the address book knows of no usable endpoint. */
export type FindEndpoint = (custodian: Ura) => Promise<HolderEndpoint | undefined>;

export interface FanOutQuestion {
  readonly bsn: Bsn;
  readonly identity: VerifiedIdentity;
  /** Trace that the requests to the sources belong to. */
  readonly traceparent: string;
  readonly sources: readonly RegisteredSource[];
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Called for each source as soon as its conversation ended. */
  readonly onReport?: (report: SourceReport) => void;
}

interface Answer {
  readonly resources: readonly SourcedResource[];
  readonly missing: readonly MissingCategory[];
  readonly bytes?: number;
}

/** Asks all registered sources side by side, each within its own deadline, with its own token and its own failure. */
export class SourceFanOut {
  readonly #capabilities: HolderCapabilities;
  readonly #pace = new HolderPace();

  constructor(
    private readonly tokens: Pick<AccessTokens, 'exchange'>,
    private readonly findEndpoint: FindEndpoint,
    private readonly settings: QueryApiConfiguration,
  ) {
    this.#capabilities = new HolderCapabilities(
      // A holder that is slow to say what it offers must have time left to be searched.
      Math.min(settings.lookupTimeoutMs, Math.ceil(settings.sourceDeadlineMs / 4)),
      () => new ByteBudget(settings.sourceMaximumBytes),
    );
  }

  /** @returns a report of each source, in the order of the question */
  async ask(question: FanOutQuestion): Promise<SourceReport[]> {
    const reports = new Map<RegisteredSource, SourceReport>();
    const order = this.#pace.slowestFirst(question.sources);
    await mapLimited(order, this.settings.sourceConcurrency, async (source) => {
      const report = await this.#askSource(source, question);
      this.#pace.note(report);
      question.onReport?.(report);
      reports.set(source, report);
    });
    return question.sources.flatMap((source) => reports.get(source) ?? []);
  }

  async #askSource(source: RegisteredSource, question: FanOutQuestion): Promise<SourceReport> {
    const started = performance.now();
    const signal = AbortSignal.any([question.signal, AbortSignal.timeout(this.settings.sourceDeadlineMs)]);
    const report = { custodian: source.custodian, resources: [], missing: [] };
    const elapsed = (): number => Math.round(performance.now() - started);
    let named = {};
    try {
      const endpoint = await until(signal, this.findEndpoint(source.custodian));
      if (endpoint === undefined) return { ...report, status: 'no-endpoint', milliseconds: elapsed() };
      if (endpoint.organisationName !== undefined) named = { custodianName: endpoint.organisationName };
      const answer = await this.#converse(source, endpoint, question, signal);
      const status = answer.resources.length === 0 ? 'empty' : 'ok';
      return { ...report, ...named, ...answer, status, milliseconds: elapsed() };
    } catch (cause) {
      return { ...report, ...named, status: toSourceFailure(cause, signal).status, milliseconds: elapsed() };
    }
  }

  async #converse(
    { custodian, categories, others = [] }: RegisteredSource,
    endpoint: HolderEndpoint,
    { bsn, identity, traceparent }: FanOutQuestion,
    signal: AbortSignal,
  ): Promise<Answer> {
    const base = endpoint.address.replace(/\/+$/, '');
    const exchanged = this.tokens.exchange({ subject: identity, audience: base, scope: 'holder:read' });
    const [token, offer] = await until(signal, Promise.all([exchanged, this.#capabilities.offerOf(base)]));
    const budget = new ByteBudget(this.settings.sourceMaximumBytes);
    const conversation = new HolderConversation({ custodian, base, bsn, token, signal, budget, traceparent });
    const asked = categories.filter((category) => category !== 'Patient');
    const whole = offer.whole ? await askWhole(conversation, asked, others) : undefined;
    const searched = others.filter((type) => offer.types.has(type));
    const answer = whole ?? (await this.#search(conversation, { asked, others: searched }, signal));
    const wanted = new Set<DataCategory>(['Patient', ...asked]);
    const resources = answer.resources.filter(({ resource }) => isAskedFor(resource, wanted, others));
    return { ...answer, resources, bytes: budget.spent };
  }

  async #search(
    conversation: HolderConversation,
    { asked, others }: { asked: readonly DataCategory[]; others: readonly string[] },
    signal: AbortSignal,
  ): Promise<Answer> {
    const patients = await conversation.findPatients();
    if (patients.length === 0) return { resources: [], missing: [] };
    // A search of the whole type finds what is in its categories as well.
    const apart = asked.filter((category) => !others.includes(typeOf(category)));
    const searches = [
      ...apart.map((category) => ({ name: category, run: () => conversation.findFacts(category) })),
      ...others.map((type) => ({ name: type, run: () => conversation.findOfType(type) })),
    ];
    const answers = await mapLimited(searches, this.settings.searchesPerSource, (search) =>
      findSome(search, signal),
    );
    return combine(patients, answers);
  }
}

/** Undefined when the source has too much for one answer: then it is searched by category, in pages. */
async function askWhole(
  conversation: HolderConversation,
  asked: readonly DataCategory[],
  others: readonly string[],
): Promise<Answer | undefined> {
  try {
    const { resources, lacking, lackingTypes } = await conversation.findWhole(asked, others);
    const names = new Set<string>(asked);
    const missing = [
      ...lacking.filter(({ category }) => names.has(category)),
      ...lackingTypes.filter(({ category }) => others.includes(category)),
    ];
    return { resources, missing };
  } catch (cause) {
    if (cause instanceof TooMuchAtOnce) return undefined;
    throw cause;
  }
}

/** A search that fails leaves the others standing, unless the source proves untrustworthy. */
async function findSome(
  { name, run }: { readonly name: string; readonly run: () => Promise<SourcedResource[]> },
  signal: AbortSignal,
): Promise<Answer> {
  try {
    return { resources: await run(), missing: [] };
  } catch (cause) {
    const failure = toSourceFailure(cause, signal);
    if (failure.status === 'invalid') throw failure;
    return { resources: [], missing: [{ category: name, status: failure.status }] };
  }
}

function combine(patients: readonly SourcedResource[], answers: readonly Answer[]): Answer {
  const missing = answers.flatMap((answer) => answer.missing);
  const [first] = missing;
  if (first !== undefined && missing.length === answers.length) {
    throw new SourceFailure(first.status, 'The source answers none of the searches');
  }
  return { resources: [...patients, ...answers.flatMap((answer) => answer.resources)], missing };
}

function typeOf(category: DataCategory): string {
  return dataCategories.find(({ code }) => code === category)?.resourceType ?? category;
}

import type { FhirResource, SourceSettings } from '@samenhang/data-model';
import type { Mapping } from '../mapping.js';
import { normaliseMessage } from '../normalise-message.js';
import type { NormalisedMessage, SourceMessage } from '../source-message.js';
import type { ElementPath } from './element-of.js';

export interface ElementTarget {
  readonly resourceType: string;
  readonly id: string;
  readonly path: ElementPath;
}

/** How an element fared in a run: not there, or there as this JSON. */
export type Outcome = 'no-resource' | 'no-element' | { readonly json: string };

/** How a change of the input shows in an element: another value, or none at all. */
export type Effect = 'value' | 'condition';

export function effectOf(before: Outcome, after: Outcome): Effect | undefined {
  if (typeof before === 'string' || typeof after === 'string')
    return before === after ? undefined : 'condition';
  return before.json === after.json ? undefined : 'value';
}

/** Waits between two runs: they take seconds in all, and whoever shares the processor must not. */
export type MakeWay = () => Promise<void> | void;

/** Runs the mapping on versions of one message, and looks at one element of what comes out. */
export class ElementRuns {
  /** Bytes that may still be mapped: what the runs take of the processor, told without a clock. */
  #left: number;
  readonly #ordinal: number;
  readonly #count: number;
  readonly resource: FhirResource | undefined;
  readonly original: Outcome;

  constructor(
    private readonly message: SourceMessage,
    private readonly target: ElementTarget,
    private readonly mapping: Mapping,
    mostBytes: number,
    private readonly makeWay: MakeWay,
  ) {
    const resources = this.#resourcesOf(normaliseMessage(message, mapping));
    this.#ordinal = resources.findIndex(({ id }) => id === target.id);
    this.#count = resources.length;
    this.#left = Math.max(mostBytes, LEAST_RUNS * message.content.length);
    this.resource = resources[this.#ordinal];
    this.original = this.#look(this.resource);
  }

  get isExhausted(): boolean {
    return this.#left <= 0;
  }

  withContent(content: Buffer): Promise<Outcome> {
    return this.#run({ ...this.message, content });
  }

  withSettings(settings: SourceSettings): Promise<Outcome> {
    return this.#run({ ...this.message, settings });
  }

  withOwner(owner: Partial<Pick<SourceMessage, 'tenant' | 'sourceId'>>): Promise<Outcome> {
    return this.#run({ ...this.message, ...owner });
  }

  withMapping(mapping: Mapping): Promise<Outcome> {
    return this.#run(this.message, mapping);
  }

  async #run(message: SourceMessage, mapping: Mapping = this.mapping): Promise<Outcome> {
    await this.makeWay();
    this.#left -= message.content.length;
    const resources = this.#resourcesOf(normaliseMessage(message, mapping));
    const same = resources.find(({ id }) => id === this.target.id);
    // An id follows from what names a thing at its source: when that changes, the thing keeps its place among the others.
    const moved = resources.length === this.#count ? resources[this.#ordinal] : undefined;
    return this.#look(same ?? moved);
  }

  #look(resource: FhirResource | undefined): Outcome {
    if (resource === undefined) return 'no-resource';
    const json = this.target.path.find(resource);
    return json === undefined ? 'no-element' : { json };
  }

  #resourcesOf(result: NormalisedMessage): FhirResource[] {
    if (result.outcome === 'rejected') return [];
    return result.changes.flatMap((change) =>
      change.action === 'put' && change.resource.resourceType === this.target.resourceType
        ? [change.resource]
        : [],
    );
  }
}

/** However large the message is. */
const LEAST_RUNS = 100;

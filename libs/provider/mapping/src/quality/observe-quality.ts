import type { FhirResource } from '@samenhang/data-model';
import { isCustodianAssigned } from '../custodian-identifier.js';
import { codeSystems } from '../fhir-systems.js';
import type { Coding, Identifier } from '../fhir-types.js';
import type { MappingObservationCount, NormalisedMessage, SourceMessage } from '../source-message.js';
import { delayOf } from './message-delay.js';
import mandatory from './mandatory-concepts.json' with { type: 'json' };

type Concepts = readonly (readonly [concept: string, elements: readonly string[]])[];

const conceptsOf: ReadonlyMap<string, Concepts> = new Map(
  Object.entries(mandatory).flatMap(([type, concepts]) =>
    typeof concepts === 'string' ? [] : [[type, Object.entries(concepts)]],
  ),
);

/**
 * What a message says of the quality of its source, as counts: whether mandatory concepts are there, whether resources satisfy
 * their profile, how long the message was on its way, and what it says twice. Never a value.
 */
export function observeQuality(
  message: SourceMessage,
  result: NormalisedMessage,
  receivedAt: string,
): MappingObservationCount[] {
  const counts = new Counts();
  const delay = delayOf(message, receivedAt);
  counts.add('delay', message.format, delay, delay === 'minute' || delay === 'hour' || delay === 'day');
  for (const { code } of result.issues)
    if (code === 'repeated-in-message') counts.add('repetition', message.format, code, false);
  if (result.outcome === 'rejected') return counts.list();
  for (const change of result.changes) {
    // What a message only mentions (the patient of a result) is described elsewhere.
    if (change.action === 'put' && change.onlyIfAbsent !== true) observeResource(change.resource, counts);
  }
  for (const { code } of result.issues) {
    const [type, concept] = assumptions[code] ?? [];
    if (type !== undefined && concept !== undefined) counts.takeBack('concept', type, concept);
  }
  return counts.list();
}

/** What the mapping fills in where a source is silent, by the issue that says so: the source did not say it. */
const assumptions: Readonly<Record<string, readonly [type: string, concept: string]>> = {
  'assumed-active': ['AllergyIntolerance', 'AllergieIntolerantie.AllergieStatus'],
};

function observeResource(resource: FhirResource, counts: Counts): void {
  const { resourceType, meta } = resource;
  const { profile, tag } = (meta ?? {}) as {
    readonly profile?: readonly string[];
    readonly tag?: readonly { readonly system?: string; readonly code?: string }[];
  };
  const block = profile?.[0]?.split('/').at(-1) ?? '';
  for (const [concept, elements] of conceptsOf.get(block) ?? conceptsOf.get(resourceType) ?? [])
    counts.add(
      'concept',
      resourceType,
      concept,
      elements.some((element) => isStated(resource, element)),
    );
  const reason = tag?.find(({ system }) => system === codeSystems.baseReason)?.code;
  counts.add('conformance', resourceType, reason ?? 'profile', profile !== undefined);
}

/** An identifier that we give, or a class that says that it is not known, is nothing that the source states. */
function isStated(resource: FhirResource, element: string): boolean {
  const value = resource[element];
  if (element === 'identifier') return ((value as Identifier[] | undefined) ?? []).some(isOfSource);
  if (element === 'class')
    return (value as Coding | undefined)?.system !== codeSystems.nullFlavor && value !== undefined;
  return value !== undefined;
}

const isOfSource = (identifier: Identifier): boolean => !isCustodianAssigned(identifier);

class Counts {
  readonly #counted = new Map<string, MappingObservationCount & { count: number }>();

  add(kind: MappingObservationCount['kind'], messageType: string, path: string, used: boolean): void {
    const key = `${kind}|${messageType}|${path}|${used ? 1 : 0}`;
    const known = this.#counted.get(key);
    if (known === undefined) this.#counted.set(key, { kind, messageType, path, used, count: 1 });
    else known.count += 1;
  }

  /** Something counted as good is not. */
  takeBack(kind: MappingObservationCount['kind'], messageType: string, path: string): void {
    const good = this.#counted.get(`${kind}|${messageType}|${path}|1`);
    if (good === undefined || good.count === 0) return;
    good.count -= 1;
    this.add(kind, messageType, path, false);
  }

  list(): MappingObservationCount[] {
    return [...this.#counted.values()].filter(({ count }) => count > 0);
  }
}

import type { FhirResource } from '@samenhang/data-model';
import { codeSystems } from '../fhir-systems.js';
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
  return counts.list();
}

function observeResource(resource: FhirResource, counts: Counts): void {
  const { resourceType, meta } = resource;
  for (const [concept, elements] of conceptsOf.get(resourceType) ?? [])
    counts.add(
      'concept',
      resourceType,
      concept,
      elements.some((element) => resource[element] !== undefined),
    );
  const { profile, tag } = (meta ?? {}) as {
    readonly profile?: readonly string[];
    readonly tag?: readonly { readonly system?: string; readonly code?: string }[];
  };
  const reason = tag?.find(({ system }) => system === codeSystems.baseReason)?.code;
  counts.add('conformance', resourceType, reason ?? 'profile', profile !== undefined);
}

class Counts {
  readonly #counted = new Map<string, MappingObservationCount & { count: number }>();

  add(kind: MappingObservationCount['kind'], messageType: string, path: string, used: boolean): void {
    const key = `${kind}|${messageType}|${path}|${used ? 1 : 0}`;
    const known = this.#counted.get(key);
    if (known === undefined) this.#counted.set(key, { kind, messageType, path, used, count: 1 });
    else known.count += 1;
  }

  list(): MappingObservationCount[] {
    return [...this.#counted.values()];
  }
}

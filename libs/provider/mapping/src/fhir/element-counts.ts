import { isResourceType } from '@samenhang/fhir-r4';
import type { Draft } from '../fhir-types.js';
import type { MappingObservationCount } from '../source-message.js';

interface Counts {
  used: number;
  unused: number;
}

type Kind = 'element' | 'extension' | 'resource';

/** What the resources of a message carried, by type and element: for the unmapped report. */
export class ElementCounts {
  readonly #byKind: Readonly<Record<Kind, Map<string, Map<string, Counts>>>> = {
    element: new Map(),
    extension: new Map(),
    resource: new Map(),
  };

  /** Elements of a source's resource, and the copy that was made of it: none when the resource is not used. */
  countResource(resource: Draft, copy: Draft | undefined): void {
    const resourceType = nameOfType(resource);
    this.#count('resource', resourceType, resourceType, copy !== undefined);
    const counts = this.#countsOf('element', resourceType);
    for (const element in resource) {
      if (element === 'resourceType' || element === 'id' || element === 'meta' || element.startsWith('_'))
        continue;
      add(counts, element, copy?.[element] !== undefined);
    }
  }

  countUnused(resourceType: string): void {
    this.#count('resource', resourceType, resourceType, false);
  }

  countExtension(resourceType: string, url: string): void {
    this.#count('extension', resourceType, url, false);
  }

  list(): MappingObservationCount[] {
    return (['resource', 'element', 'extension'] as const).flatMap((kind) =>
      [...this.#byKind[kind]].flatMap(([messageType, paths]) =>
        [...paths].flatMap(([name, counts]) => {
          const path = kind === 'element' ? `${messageType}.${name}` : name;
          return ([true, false] as const).flatMap((used) => {
            const count = used ? counts.used : counts.unused;
            return count === 0 ? [] : [{ kind, messageType, path, used, count }];
          });
        }),
      ),
    );
  }

  #count(kind: Kind, type: string, name: string, used: boolean): void {
    add(this.#countsOf(kind, type), name, used);
  }

  #countsOf(kind: Kind, type: string): Map<string, Counts> {
    const byType = this.#byKind[kind];
    const known = byType.get(type);
    if (known !== undefined) return known;
    const made = new Map<string, Counts>();
    byType.set(type, made);
    return made;
  }
}

/** What a sender wrote there may be anything. */
function nameOfType({ resourceType }: Draft): string {
  return typeof resourceType === 'string' && isResourceType(resourceType) ? resourceType : 'unknown';
}

function add(counts: Map<string, Counts>, name: string, used: boolean): void {
  let known = counts.get(name);
  if (known === undefined) counts.set(name, (known = { used: 0, unused: 0 }));
  if (used) known.used += 1;
  else known.unused += 1;
}

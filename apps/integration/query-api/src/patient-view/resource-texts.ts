import type { FhirResource, Ura } from '@samenhang/data-model';
import { stringifyIn, stringifyWithout } from '../sources/exact-json.js';
import { taggedMeta } from './tagged-resource.js';

/**
 * The JSON of resources, each written once: while other sources are awaited, where that can be. Its `meta` comes last,
 * since which tags are in it is known only when all sources have answered.
 */
export class ResourceTexts {
  readonly #bodies = new Map<FhirResource, string>();

  take(resource: FhirResource): void {
    this.#bodyOf(resource);
  }

  /** As its source gave it. */
  original(resource: FhirResource): string {
    const body = this.#bodyOf(resource);
    const { meta } = resource;
    return meta === undefined ? body : withMeta(body, stringifyIn(resource, meta));
  }

  /** The same with tags that say whose it is and what is the matter with it. */
  tagged(resource: FhirResource, custodians: readonly Ura[], flags: readonly string[] = []): string {
    const meta = taggedMeta(resource, custodians, flags);
    return withMeta(this.#bodyOf(resource), stringifyIn(resource, meta));
  }

  #bodyOf(resource: FhirResource): string {
    const known = this.#bodies.get(resource);
    if (known !== undefined) return known;
    const body = stringifyWithout(resource, 'meta');
    this.#bodies.set(resource, body);
    return body;
  }
}

/** A resource has a type: there is always something before the meta. */
function withMeta(body: string, meta: string): string {
  return `${body.slice(0, -1)},"meta":${meta}}`;
}

import { identifierKey, sourceIdKey } from '../resource-id.js';
import type { Draft, Identifier, Reference } from '../fhir-types.js';
import { isObject, type SourceEntry } from './bundle-entries.js';

const LITERAL = /^([A-Z][A-Za-z]{1,63})\/([A-Za-z0-9\-.]{1,64})$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const CONDITIONAL = /^([A-Z][A-Za-z]{1,63})\?identifier=([^&|]*)\|([^&]+)$/;

interface Target {
  readonly resourceType: string;
  readonly id: string;
}

/**
 * The names under which a source speaks of its resources (`Type/id`, full URLs, `urn:uuid`, conditional references,
 * identifiers) and the ids they have here. A `Type/id` of a resource that came in another message needs no look-up: its
 * id follows from the name.
 */
export class ReferenceIndex {
  readonly #byName = new Map<string, Target>();
  readonly #byIdentifier = new Map<string, Target>();
  readonly #bases = new Set<string>();
  readonly #ids = new Map<Draft, string>();
  /** What literals lead to: a message says the same ones over and over. */
  readonly #resolved = new Map<string, Target | undefined>();
  readonly #logical = new Map<string, Reference>();

  constructor(
    entries: readonly SourceEntry[],
    private readonly idOf: (resourceType: string, key: string) => string,
    private readonly canonical: (system: string) => string,
    private readonly sourceUri: string,
  ) {
    for (const entry of entries) if (entry.resource !== undefined) this.#add(entry.resource, entry.fullUrl);
  }

  /** Id of a resource of the message. */
  idOfEntry(resource: Draft, fullUrl: string | undefined): string {
    const known = this.#ids.get(resource);
    if (known !== undefined) return known;
    const id = this.isOwn(resource)
      ? resource.id
      : this.idOf(resource.resourceType, this.#businessKey(resource, fullUrl));
    this.#ids.set(resource, id);
    return id;
  }

  /** Whether the mapping made the resource, from this very source: its id and references are in our terms already. */
  isOwn(resource: Draft): resource is Draft & { readonly id: string } {
    return resource.meta?.source === this.sourceUri && UUID.test(resource.id ?? '');
  }

  /** Whether a later version of the resource would be recognised as such. */
  hasStableName(resource: Draft): boolean {
    return (
      typeof resource.id === 'string' || this.#businessKey(resource, undefined).startsWith('identifier:')
    );
  }

  /** Id of `Type/id` as the source names it, e.g. in a request to delete. */
  findTarget(name: string): Target | undefined {
    return this.#resolve(name);
  }

  /** Id of the Patient of the message who has an identifier. */
  findPatient({ system, value }: Identifier): string | undefined {
    return this.#byIdentifier.get(`Patient|${this.canonical(system ?? '')}|${value ?? ''}`)?.id;
  }

  /** Where the bytes of an attachment are here; an address that is no resource of this source stays as it is. */
  rewriteUrl(url: string, from: Draft): string {
    if (this.isOwn(from)) return url;
    const target = this.#byName.get(url) ?? (LITERAL.test(url) ? this.#resolveOnce(url) : undefined);
    return target === undefined ? url : `${target.resourceType}/${target.id}`;
  }

  /**
   * A reference of a resource in terms of our ids. What is not in this message and can only be known by an identifier
   * becomes a logical reference; what is on another server stays as it is.
   */
  rewrite(reference: Reference, from: Draft): Reference {
    if (this.isOwn(from)) return reference;
    const literal = reference.reference;
    const target = literal === undefined ? this.#byLogical(reference) : this.#resolveOnce(literal);
    if (target !== undefined) {
      const { resourceType, id } = target;
      return { ...reference, reference: `${resourceType}/${id}`, type: resourceType };
    }
    if (literal === undefined || literal.startsWith('#') || /^https?:/.test(literal)) return reference;
    let logical = this.#logical.get(literal);
    if (logical === undefined)
      this.#logical.set(literal, (logical = logicalReference(literal, this.canonical)));
    const { reference: _unresolved, ...rest } = reference;
    return { ...rest, ...logical, identifier: { ...logical.identifier } };
  }

  #add(resource: Draft, fullUrl: string | undefined): void {
    const target = { resourceType: resource.resourceType, id: this.idOfEntry(resource, fullUrl) };
    if (typeof resource.id === 'string') this.#byName.set(`${resource.resourceType}/${resource.id}`, target);
    if (fullUrl !== undefined) {
      this.#byName.set(fullUrl, target);
      const suffix = `/${resource.resourceType}/${String(resource.id)}`;
      if (fullUrl.endsWith(suffix)) this.#bases.add(fullUrl.slice(0, -suffix.length));
    }
    for (const { system, value } of this.#numbersOf(resource))
      this.#byIdentifier.set(`${resource.resourceType}|${system}|${value}`, target);
  }

  /** Only once all resources are known. */
  #resolveOnce(literal: string): Target | undefined {
    if (this.#resolved.has(literal)) return this.#resolved.get(literal);
    const target = this.#resolve(literal);
    this.#resolved.set(literal, target);
    return target;
  }

  #resolve(literal: string): Target | undefined {
    const name = literal.split('/_history/')[0] ?? literal;
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const [, resourceType, id] = LITERAL.exec(this.#relative(name)) ?? [];
    if (resourceType !== undefined && id !== undefined) {
      return (
        this.#byName.get(`${resourceType}/${id}`) ?? {
          resourceType,
          id: this.idOf(resourceType, sourceIdKey(id)),
        }
      );
    }
    const [, type, system, value] = CONDITIONAL.exec(decodeUri(name)) ?? [];
    if (type === undefined) return undefined;
    return this.#byIdentifier.get(`${type}|${this.canonical(system ?? '')}|${value ?? ''}`);
  }

  /** A full URL on the source's own server; where no full URL shows which server that is, the source means its own. */
  #relative(name: string): string {
    if (!/^https?:/.test(name)) return name;
    const [, base, relative] = /^(.*)\/([A-Z][A-Za-z]{1,63}\/[A-Za-z0-9\-.]{1,64})$/.exec(name) ?? [];
    if (base === undefined || relative === undefined) return name;
    return this.#bases.size === 0 || this.#bases.has(base) ? relative : name;
  }

  /** What makes a resource the same one when it comes again: its id at the source, else an identifier, else its content. */
  #businessKey(resource: Draft, fullUrl: string | undefined): string {
    if (typeof resource.id === 'string') return sourceIdKey(resource.id);
    const numbers = this.#numbersOf(resource);
    const number = numbers.find(({ use }) => use === 'official') ?? numbers[0];
    if (number !== undefined) return identifierKey(number.system, number.value);
    if (fullUrl?.startsWith('urn:uuid:') === true) return `url:${fullUrl}`;
    return `content:${JSON.stringify(resource)}`;
  }

  /** The identifiers by which a resource is known; nobody has looked yet whether they are valid. */
  #numbersOf(resource: Draft): { readonly system: string; readonly value: string; readonly use: unknown }[] {
    return identifiersOf(resource).flatMap(({ system, value, use }) =>
      typeof system === 'string' && typeof value === 'string'
        ? [{ system: this.canonical(system), value, use }]
        : [],
    );
  }

  #byLogical({ identifier, type }: Reference): Target | undefined {
    if (identifier?.system === undefined || identifier.value === undefined || type === undefined)
      return undefined;
    return this.#byIdentifier.get(`${type}|${this.canonical(identifier.system)}|${identifier.value}`);
  }
}

function logicalReference(literal: string, canonical: (system: string) => string): Reference {
  const [, type, system, value] = CONDITIONAL.exec(decodeUri(literal)) ?? [];
  if (type === undefined || value === undefined) {
    const isAbsolute = /^urn:[a-z0-9-]+:\S+$/.test(literal);
    return { identifier: { ...(isAbsolute ? { system: 'urn:ietf:rfc:3986' } : {}), value: literal } };
  }
  return {
    type,
    identifier: { ...(system === undefined || system === '' ? {} : { system: canonical(system) }), value },
  };
}

export function identifiersOf(resource: Draft): Identifier[] {
  return Array.isArray(resource.identifier) ? resource.identifier.filter(isObject) : [];
}

function decodeUri(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

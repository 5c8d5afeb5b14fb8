import { Failure } from '@samenhang/errors';
import { findIssues, type FhirVersion } from './find-issues.js';

export interface HeldResource {
  readonly type: string;
  readonly id: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly version: number;
  readonly lastUpdated: Date;
  /** The resource as it is served. */
  readonly body: string;
}

/** One thing that happened to a resource: a version, or its deletion. */
export interface HistoryEntry {
  /** Grows with each. */
  readonly sequence: number;
  readonly type: string;
  readonly id: string;
  readonly at: Date;
  /** Undefined for a deletion. */
  readonly resource: HeldResource | undefined;
  readonly isNew: boolean;
}

/** The resources of the server, in memory: a stand-in keeps nothing of its own. */
export class ResourceCollection {
  /** @param version whose resources it takes */
  constructor(private readonly version: FhirVersion = 'r4') {}

  readonly #held = new Map<string, HeldResource>();
  readonly #history: HistoryEntry[] = [];
  /** Versions count on after a deletion. */
  readonly #versions = new Map<string, number>();
  #latest = 0;

  /**
   * Takes a resource in; the same content again is no new version.
   * @throws Failure when it is not valid or has no id
   */
  put(content: unknown, at: Date): { readonly resource: HeldResource; readonly isNew: boolean } {
    const issues = findIssues(content, this.version);
    if (issues.length > 0) throw new Failure('invalid', 'The content is not valid FHIR', { issues });
    const { resourceType, id } = content as { resourceType: string; id?: string };
    if (id === undefined)
      throw new Failure('invalid', 'The resource has no id', {
        issues: [{ text: 'An id is required', expression: `${resourceType}.id` }],
      });
    const key = `${resourceType}/${id}`;
    const before = this.#held.get(key);
    const plain = withoutVersion(content as Record<string, unknown>);
    if (before !== undefined && JSON.stringify(plain) === JSON.stringify(withoutVersion(before.content))) {
      return { resource: before, isNew: false };
    }
    const resource = this.#toHeld(resourceType, id, plain, (this.#versions.get(key) ?? 0) + 1, at);
    this.#held.set(key, resource);
    this.#versions.set(key, resource.version);
    this.#remember({
      type: resourceType,
      id,
      at: resource.lastUpdated,
      resource,
      isNew: before === undefined,
    });
    return { resource, isNew: before === undefined };
  }

  /** @returns whether it was there */
  delete(type: string, id: string, at: Date): boolean {
    const key = `${type}/${id}`;
    if (!this.#held.delete(key)) return false;
    this.#versions.set(key, (this.#versions.get(key) ?? 0) + 1);
    this.#latest = Math.max(this.#latest, at.getTime());
    this.#remember({ type, id, at: new Date(this.#latest), resource: undefined, isNew: false });
    return true;
  }

  /** What happened, newest first, as a history is given (FHIR R4 http.html#history). */
  history(type?: string, id?: string): HistoryEntry[] {
    const wanted = this.#history.filter(
      (entry) => (type === undefined || entry.type === type) && (id === undefined || entry.id === id),
    );
    return wanted.reverse();
  }

  find(type: string, id: string): HeldResource | undefined {
    return this.#held.get(`${type}/${id}`);
  }

  all(type?: string): HeldResource[] {
    const held = [...this.#held.values()];
    return type === undefined ? held : held.filter((resource) => resource.type === type);
  }

  get size(): number {
    return this.#held.size;
  }

  #remember(entry: Omit<HistoryEntry, 'sequence'>): void {
    this.#history.push({ ...entry, sequence: this.#history.length + 1 });
  }

  #toHeld(type: string, id: string, plain: Record<string, unknown>, version: number, at: Date): HeldResource {
    // Never before what was given out already: a reader with a watermark would miss it.
    this.#latest = Math.max(this.#latest, at.getTime());
    const lastUpdated = new Date(version === 1 ? at.getTime() : this.#latest);
    const meta = {
      ...(plain['meta'] as object | undefined),
      versionId: String(version),
      lastUpdated: lastUpdated.toISOString(),
    };
    const content = { ...plain, meta };
    return { type, id, content, version, lastUpdated, body: JSON.stringify(content) };
  }
}

/** Version and time are the server's to give. */
function withoutVersion(content: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const {
    versionId: _versionId,
    lastUpdated: _lastUpdated,
    ...meta
  } = (content['meta'] ?? {}) as Record<string, unknown>;
  const { meta: _meta, ...rest } = content;
  const { resourceType, id, ...elements } = rest;
  return { resourceType, id, ...(Object.keys(meta).length === 0 ? {} : { meta }), ...elements };
}

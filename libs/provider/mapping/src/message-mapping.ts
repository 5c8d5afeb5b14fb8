import {
  canonicalBase,
  identifierSystems,
  mappingVersionSystem,
  type FhirResource,
  type MappingIssue,
  type PatientMerge,
  type SourceSettings,
} from '@samenhang/data-model';
import { assignCustodianIdentifier } from './custodian-identifier.js';
import { codeSystems, nictiz } from './fhir-systems.js';
import type { CodeableConcept, Draft, Meta } from './fhir-types.js';
import type { Mapping } from './mapping.js';
import { identifierKey, resourceId } from './resource-id.js';
import type { MappingObservationCount, NormalisedChange, SourceMessage } from './source-message.js';
import { profileResource } from './profiles/profile-resource.js';
import type { CodeTables } from './tables/code-tables.js';
import { isCode } from './terminology/code-like.js';

const bsnKey = identifierKey(identifierSystems.bsn, '');

/** What a resource begins with. */
const HEAD: ReadonlySet<string> = new Set(['resourceType', 'id', 'meta']);

export interface PutOptions {
  readonly patientId: string | null;
  /** Where in the message this comes from: a segment path or a FHIRPath. */
  readonly location: string;
  readonly onlyIfAbsent?: boolean;
}

/** The mapping of one message at work: what it has made so far, and what it has to say about it. */
export class MessageMapping {
  /** Type of the message where the format has one, e.g. `ORU^R01`. */
  messageType: string | undefined;
  readonly changes: NormalisedChange[] = [];
  readonly merges: PatientMerge[] = [];
  readonly issues: MappingIssue[] = [];
  readonly tables: CodeTables;
  readonly settings: SourceSettings;
  /** Names the delivering source in `meta.source` and in systems of its own codes and numbers. */
  readonly sourceUri: string;
  /** `Type/id` of what resources of the message refer to where that changes what is made of it. */
  readonly referred = new Set<string>();
  readonly #positions = new Map<string, number>();
  readonly #counted: MappingObservationCount[] = [];
  readonly #observations = new Map<string, MappingObservationCount & { count: number }>();

  constructor(
    readonly message: Omit<SourceMessage, 'content'>,
    mapping: Mapping,
  ) {
    const source = `${message.tenant}/${message.sourceId}`;
    this.tables = mapping.tables.forSource(source);
    this.settings = { ...message.settings, ...mapping.tables.findSource(source)?.settings };
    this.sourceUri = `${canonicalBase}/source/${message.tenant}/${message.sourceId}`;
  }

  idOf(resourceType: string, key: string): string {
    const { tenant, sourceId, hashBsn } = this.message;
    const isBsn = hashBsn !== undefined && key.startsWith(bsnKey);
    const traceless = isBsn ? `bsn:${hashBsn(key.slice(bsnKey.length))}` : key;
    return resourceId(tenant, sourceId, resourceType, traceless);
  }

  report(severity: MappingIssue['severity'], code: string, location: string, text: string): void {
    this.issues.push({ severity, code, location, text });
  }

  /**
   * Counts what the message carried at a path, for the unmapped report. A code is named only where a code system has it:
   * what a sender wrote into a code field may be anything.
   */
  observe(observation: Omit<MappingObservationCount, 'count'>): void {
    const { kind, messageType, path, used, code } = observation;
    const key = `${kind}|${path}|${code ?? ''}|${String(used)}|${messageType}`;
    const known = this.#observations.get(key);
    if (known === undefined) this.#observations.set(key, { ...observation, count: 1 });
    else known.count += 1;
  }

  /** Counts the codes of a concept for which the mapping has no place as a code. */
  countUnmapped({ coding }: CodeableConcept, resourceType: string): void {
    const messageType = this.messageType ?? resourceType;
    for (const { system, code } of coding ?? []) {
      if (system === undefined || code === undefined) continue;
      const named = isCode(system, code) ? { code } : {};
      this.observe({ kind: 'code', messageType, path: system, used: false, ...named });
    }
  }

  /** Counts that were taken elsewhere, of paths that nothing else counts. */
  addObservations(counts: readonly MappingObservationCount[]): void {
    this.#counted.push(...counts);
  }

  get observations(): MappingObservationCount[] {
    return [...this.#counted, ...this.#observations.values()];
  }

  /** Brings a resource into its profile and puts it out, with the resources that its profile sets apart. */
  put(draft: Draft & { id: string }, options: PutOptions): void {
    const conformance = profileResource(draft, {
      tables: this.tables,
      sourceUri: this.sourceUri,
      location: options.location,
      report: (severity, code, text, element) => {
        this.report(
          severity,
          code,
          element === undefined ? options.location : `${options.location}.${element}`,
          text,
        );
      },
      idOf: (type, key) => this.idOf(type, key),
      putCompanion: (companion) => {
        this.put(companion, { ...options, patientId: null });
      },
      putFact: (fact) => {
        this.put(fact, options);
      },
      isReferred: (type, id) => this.referred.has(`${type}/${id}`),
      countUnmapped: (concept) => {
        this.countUnmapped(concept, draft.resourceType);
      },
    });
    const meta: Meta = { source: this.sourceUri };
    if ('profile' in conformance) meta.profile = [`${nictiz}/${conformance.profile}`];
    const tags = draft.meta?.tag?.filter(({ system }) => !isOwnTag(system)) ?? [];
    if ('baseReason' in conformance) {
      tags.push({ system: codeSystems.baseReason, code: conformance.baseReason });
      if (conformance.concept !== undefined) this.countUnmapped(conformance.concept, draft.resourceType);
      this.report(
        conformance.baseReason === 'no-zib' ? 'information' : 'warning',
        conformance.code,
        options.location,
        conformance.text,
      );
    }
    if (draft.meta?.security !== undefined) meta.security = draft.meta.security;
    if (tags.length > 0) meta.tag = tags;
    assignCustodianIdentifier(draft, this.message.tenant, this.tables);
    const resource: Draft & { id: string } = { resourceType: draft.resourceType, id: draft.id, meta };
    for (const element in draft) if (!HEAD.has(element)) resource[element] = draft[element];
    this.#keep(resource, options);
  }

  delete(resourceType: string, id: string, patientId: string | null): void {
    this.changes.push({ action: 'delete', patientId, resourceType, id });
  }

  /** A resource named several times in one message is put once, as it was named last. */
  #keep(resource: FhirResource, { patientId, onlyIfAbsent, location }: PutOptions): void {
    const change: NormalisedChange = {
      action: 'put',
      patientId,
      resource,
      ...(onlyIfAbsent === true ? { onlyIfAbsent } : {}),
    };
    const key = `${resource.resourceType}/${resource.id}`;
    const position = this.#positions.get(key);
    if (position !== undefined) {
      this.#reportRepetition(this.changes[position], change, location);
      this.changes[position] = change;
      return;
    }
    this.#positions.set(key, this.changes.length);
    this.changes.push(change);
  }

  /** Two allergies of one substance, two diagnoses of one code: what the first said besides is lost, visibly. */
  #reportRepetition(first: NormalisedChange | undefined, last: NormalisedChange, location: string): void {
    if (last.patientId === null || JSON.stringify(first) === JSON.stringify(last)) return;
    this.report(
      'warning',
      'repeated-in-message',
      location,
      'The message says this twice; the last time counts',
    );
  }
}

/** What an earlier mapping said of its own work: this one says it anew, and the record which version that was. */
function isOwnTag(system: string | undefined): boolean {
  return system === codeSystems.baseReason || system === mappingVersionSystem;
}

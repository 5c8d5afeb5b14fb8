import { isAscii, isUtf8 } from 'node:buffer';
import { parseExactJson } from '@samenhang/fhir-r4';
import type { MappingIssue } from '@samenhang/data-model';
import { bsnProblems, judgeBsn, shapeIdentifiers } from '../datatypes/identifiers.js';
import { canonicalSystem } from '../datatypes/systems.js';
import type { Draft } from '../fhir-types.js';
import type { MessageMapping } from '../message-mapping.js';
import { MessageRejected, rejection } from '../source-message.js';
import { isObject, listEntries, type SourceEntry } from './bundle-entries.js';
import { ResourceCopier, UnknownModifier } from './copy-resource.js';
import { ElementCounts } from './element-counts.js';
import { linkPatient } from './patient-of.js';
import { EntryNotJson, parseFhir } from './parse-fhir.js';
import { identifiersOf, ReferenceIndex } from './reference-index.js';
import { usablePart } from './usable-resource.js';

/**
 * FHIR R4 in any profile to nl-core and MP9. Each resource stands on its own: one that cannot be used is reported and
 * does not take the others with it; those about a patient whose identity is in doubt go with that patient.
 *
 * @throws MessageRejected
 */
export function normaliseFhir(content: Buffer, mapping: MessageMapping): void {
  const { outOfScope } = mapping.tables;
  const value = parse(content, (text) => parseFhir(text, (type) => outOfScope.has(type)));
  normaliseEntries(listEntries(value), mapping);
}

/**
 * The resources of a message in base R4, of whatever form they came.
 *
 * @throws MessageRejected
 */
export function normaliseEntries(entries: readonly SourceEntry[], mapping: MessageMapping): void {
  const index = new ReferenceIndex(
    entries,
    (type, key) => mapping.idOf(type, key),
    (system) => canonicalSystem(system, mapping.tables),
    mapping.sourceUri,
  );
  const run = new FhirRun(mapping, index);
  for (const { resource } of entries) {
    if (resource?.resourceType !== 'DeviceUseStatement') continue;
    const { device } = resource;
    if (!isObject(device) || typeof device['reference'] !== 'string') continue;
    const target = index.rewrite(device, resource).reference;
    if (target !== undefined) mapping.referred.add(target);
  }
  const patients = entries.filter((entry) => entry.resource?.resourceType === 'Patient');
  for (const entry of patients) run.add(entry);
  run.assertSomePatient(patients.length);
  for (const entry of entries) if (entry.resource?.resourceType !== 'Patient') run.add(entry);
  run.finish();
}

class FhirRun {
  readonly #copier: ResourceCopier;
  readonly #doubtfulPatients = new Set<string>();
  readonly #outOfScope = new Map<string, number>();
  readonly #counts = new ElementCounts();
  readonly #strippedExtensions = new Set<string>();

  constructor(
    private readonly mapping: MessageMapping,
    private readonly index: ReferenceIndex,
  ) {
    this.#copier = new ResourceCopier(
      mapping.tables,
      (reference, from) => index.rewrite(reference, from),
      (url, from) => index.rewriteUrl(url, from),
      mapping.sourceUri,
    );
  }

  add(entry: SourceEntry): void {
    const { resource, location } = entry;
    if (resource === undefined) {
      this.#addDeletion(entry);
      return;
    }
    if (this.mapping.tables.outOfScope.has(resource.resourceType)) {
      this.#outOfScope.set(resource.resourceType, (this.#outOfScope.get(resource.resourceType) ?? 0) + 1);
      this.#counts.countUnused(resource.resourceType);
      return;
    }
    const usable = usablePart(resource);
    for (const problem of usable.problems) {
      const element = problem.expression.slice(problem.expression.indexOf('.'));
      this.#report(
        'error',
        'invalid-resource',
        `${location}${element.startsWith('.') ? element : ''}`,
        problem.text,
      );
    }
    const used = usable.resource === undefined ? undefined : this.#addResource(usable.resource, entry);
    if (usable.resource === undefined) this.#lose(location);
    this.#counts.countResource(resource, used);
  }

  /** When the identity of every patient of a message is in doubt, nothing of it may be used. */
  assertSomePatient(patients: number): void {
    if (patients > 0 && this.#doubtfulPatients.size >= patients)
      throw new MessageRejected(this.mapping.issues);
  }

  finish(): void {
    this.mapping.addObservations(this.#counts.list());
    for (const url of this.#strippedExtensions) {
      this.#report(
        'information',
        'unknown-extension',
        '$this',
        `An extension that is not known here was left out: ${url}`,
      );
    }
    if (this.#copier.foreignUnits > 0) {
      const count = this.#copier.foreignUnits;
      this.#report('warning', 'unmapped-unit', '$this', `${count} × a unit said to be UCUM that is not`);
    }
    for (const [type, count] of this.#outOfScope) {
      this.#report('information', 'out-of-scope', '$this', `${count} × ${type}: not part of the record`);
    }
    const nothing = this.mapping.changes.length === 0;
    if (nothing && this.mapping.issues.some((issue) => issue.severity === 'error')) {
      throw new MessageRejected(this.mapping.issues);
    }
  }

  /** @returns the copy that went out; undefined when the resource is not used */
  #addResource(resource: Draft, { fullUrl, location }: SourceEntry): Draft | undefined {
    const id = this.index.idOfEntry(resource, fullUrl);
    if (!this.index.hasStableName(resource)) {
      this.#report(
        'warning',
        'no-stable-identity',
        location,
        'The resource has neither an id nor an identifier: a correction of it would be another resource',
      );
    }
    if (resource.resourceType === 'Patient' && this.#isDoubtful(resource, id, location)) return undefined;
    try {
      const copy = this.#copier.copyResource(resource);
      if (this.#copier.hasReducedPeriod) {
        this.#report(
          'information',
          'reduced-precision',
          location,
          'Start and end of a period are not equally precise; both are kept as precisely as the lesser',
        );
      }
      const link = linkPatient(copy, this.mapping, location, (identifier) =>
        this.index.findPatient(identifier),
      );
      if (link.kind === 'problem') {
        this.#report('error', link.code, location, link.text);
        return undefined;
      }
      const patientId = resource.resourceType === 'Patient' ? id : link.kind === 'patient' ? link.id : null;
      if (patientId === null && !this.mapping.tables.supporting.has(resource.resourceType)) {
        this.#report('error', 'no-patient', location, 'The resource does not say which patient it is about');
      } else if (patientId !== null && this.#doubtfulPatients.has(patientId)) {
        this.#report(
          'error',
          'patient-in-doubt',
          location,
          'The identity of the patient is in doubt; the resource is not used',
        );
      } else {
        this.mapping.put({ ...copy, id }, { patientId, location });
        return copy;
      }
    } catch (error) {
      if (error instanceof MessageRejected) throw error;
      // A fault of the mapping on one resource does not take the others with it.
      const [code, text] =
        error instanceof UnknownModifier
          ? [error.code, error.message]
          : ['mapping-failed', 'The mapping failed on this resource; it is not used'];
      this.#report('error', code, location, text);
    } finally {
      this.#countExtensions(resource.resourceType);
    }
    return undefined;
  }

  #countExtensions(resourceType: string): void {
    if (this.#copier.strippedExtensions.size === 0) return;
    for (const url of this.#copier.strippedExtensions) {
      const safe = withoutNumbers(url);
      this.#strippedExtensions.add(safe);
      this.#counts.countExtension(resourceType, safe);
    }
    this.#copier.strippedExtensions = new Set();
  }

  #isDoubtful(patient: Draft, id: string, location: string): boolean {
    const identifiers = structuredClone(identifiersOf(patient));
    shapeIdentifiers(identifiers, this.mapping.tables, () => undefined);
    const judgement = judgeBsn(identifiers);
    if (judgement.kind === 'none' || judgement.kind === 'one') return false;
    const { code, text } = bsnProblems[judgement.kind];
    this.#doubtfulPatients.add(id);
    this.#report('error', code, `${location}.identifier[${judgement.index}].value`, text);
    return true;
  }

  #addDeletion({ deletes, location }: SourceEntry): void {
    const target = deletes === undefined ? undefined : this.index.findTarget(deletes);
    if (target === undefined) {
      this.#report(
        'error',
        'empty-entry',
        location,
        'The entry has neither a resource nor a resource to delete',
      );
    } else
      this.mapping.delete(
        target.resourceType,
        target.id,
        target.resourceType === 'Patient' ? target.id : null,
      );
  }

  #lose(location: string): void {
    this.#report('error', 'resource-not-used', location, 'The resource is not valid FHIR R4 and is not used');
  }

  #report(severity: MappingIssue['severity'], code: string, location: string, text: string): void {
    this.mapping.report(severity, code, location, text);
  }
}

/** An address made by a sender may hold a patient's number. */
function withoutNumbers(url: string): string {
  return url.slice(0, 200).replace(/\d{6,}/g, '…');
}

/** @throws MessageRejected when the bytes are not JSON in UTF-8 */
export function parseJson(content: Buffer): unknown {
  return parse(content, parseExactJson);
}

function parse(content: Buffer, parseText: (text: string) => unknown): unknown {
  try {
    return parseText(decodeUtf8(content));
  } catch (error) {
    const location = error instanceof EntryNotJson ? `Bundle.entry[${error.index}]` : '$this';
    throw rejection('not-json', location, 'The content is not JSON in UTF-8');
  }
}

/** @throws TypeError when the bytes are not UTF-8 */
function decodeUtf8(content: Buffer): string {
  if (isAscii(content)) return content.toString('latin1');
  if (!isUtf8(content)) throw new TypeError('Not UTF-8');
  return content.toString('utf8').replace(/^\uFEFF/, '');
}

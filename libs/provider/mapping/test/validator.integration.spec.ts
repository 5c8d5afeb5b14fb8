import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FhirResource } from '@samenhang/data-model';
import { normaliseMessage, type SourceMessage } from '@samenhang/mapping';
import { describe, expect, it } from 'vitest';
import { careMessages } from './support/care-messages.js';
import { bgzDocument } from './support/bgz-document.js';
import { sourceBundle } from './support/fhir-resources.js';
import { hospitalMessages } from './support/hospital-messages.js';
import { fhir, hl7, puts, source } from './support/messages.js';
import { stu3Bundle } from './support/stu3-resources.js';
import { samples, validate, validatorAbsence } from './support/official-validator.js';

const absence = validatorAbsence();
const title = `what the official HL7 validator finds${absence === undefined ? '' : ` (skipped: ${absence})`}`;

const files = (folder: string, ending: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));

function messages(): SourceMessage[] {
  return [
    fhir(sourceBundle()),
    { ...fhir(stu3Bundle()), format: 'fhir-stu3' },
    { ...source, format: 'cda', content: Buffer.from(bgzDocument) },
    ...hospitalMessages.map((segments) => hl7(...segments)),
    ...Object.values(careMessages).map((segments) => hl7(...segments)),
    ...files(samples.hl7v2, '.hl7').map((file): SourceMessage => ({
      ...source,
      format: 'hl7v2',
      content: readFileSync(file),
    })),
    ...files(samples.synthea, '.json').map((file): SourceMessage => ({
      ...source,
      format: 'fhir-r4',
      content: readFileSync(file),
    })),
  ];
}

const profileOf = ({ meta }: FhirResource): string | undefined =>
  (meta as { profile?: string[] } | undefined)?.profile?.[0];

/**
 * Validating takes some 50 ms a resource: one of each profile and shape. The shape is the set of elements and systems, so
 * that every branch of the mapping is among them.
 */
function oneOfEachShape(all: readonly FhirResource[]): FhirResource[] {
  const seen = new Set<string>();
  return all.filter((resource) => {
    const systems = new Set(JSON.stringify(resource).match(/"(?:system|url)":"[^"]+"/g));
    const shape = [profileOf(resource), ...Object.keys(resource), ...systems].sort().join(' ');
    if (seen.has(shape)) return false;
    seen.add(shape);
    return true;
  });
}

/** What the record holds after several messages: of each resource the last. */
function lastOfEach(all: readonly FhirResource[]): FhirResource[] {
  return [...new Map(all.map((resource) => [`${resource.resourceType}/${resource.id}`, resource])).values()];
}

function asBundle(resources: readonly FhirResource[]): FhirResource {
  const entry = resources.map((resource) => ({
    fullUrl: `https://record.example/fhir/${resource.resourceType}/${resource.id}`,
    resource,
  }));
  return { resourceType: 'Bundle', id: 'all', type: 'collection', entry };
}

it('runs in continuous integration', () => {
  if (process.env['CI'] !== undefined) expect(absence).toBeUndefined();
});

describe.skipIf(absence !== undefined)(title, () => {
  const accepted = (message: SourceMessage): FhirResource[] => {
    const result = normaliseMessage(message);
    return result.outcome === 'rejected' ? [] : puts(result).map(({ resource }) => resource);
  };

  const ofHl7 = (segments: readonly string[]): FhirResource[] => accepted(hl7(...segments));

  // One run of the validator: starting it costs more than most of what it validates.
  it(
    'in what claims a profile, in what stays base R4, and in a whole set with its references: nothing',
    {
      timeout: 400_000,
    },
    async () => {
      const chosen = oneOfEachShape(messages().flatMap(accepted));
      expect(new Set(chosen.map(profileOf)).size).toBeGreaterThan(20);
      const sets = [accepted(fhir(sourceBundle())), lastOfEach(Object.values(careMessages).flatMap(ofHl7))];
      expect(await validate([...chosen, ...sets.map(asBundle)])).toEqual([]);
    },
  );
});

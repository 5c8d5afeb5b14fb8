import type { FhirResource } from '@samenhang/data-model';
import { normaliseMessage, type SourceMessage } from '@samenhang/mapping';
import { describe, expect, it } from 'vitest';
import { allMessages } from './support/all-messages.js';
import { careMessages } from './support/care-messages.js';
import { sourceBundle } from './support/fhir-resources.js';
import { fhir, hl7, puts } from './support/messages.js';
import { nastyBundle } from './support/nasty-resources.js';
import { validate, validatorAbsence } from './support/official-validator.js';

const absence = validatorAbsence();
const title = `what the official HL7 validator finds${absence === undefined ? '' : ` (skipped: ${absence})`}`;

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
      timeout: 1_200_000,
    },
    async () => {
      const chosen = oneOfEachShape(allMessages().flatMap(accepted));
      expect(new Set(chosen.map(profileOf)).size).toBeGreaterThan(20);
      const sets = [
        accepted(fhir(sourceBundle())),
        accepted(fhir(nastyBundle())),
        lastOfEach(Object.values(careMessages).flatMap(ofHl7)),
      ];
      expect(await validate([...chosen, ...sets.map(asBundle)])).toEqual([]);
    },
  );
});

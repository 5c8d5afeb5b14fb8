import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FhirResource } from '@samenhang/data-model';
import { normaliseMessage, toStu3 } from '@samenhang/mapping';
import { writeSummary } from '@samenhang/patient-summary';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uuidV5 } from '../src/resource-id.js';
import { differencesOf, elementOf, idAfterReturn } from './support/facts.js';
import { fhir, puts, type Accepted } from './support/messages.js';
import { feeds } from './support/zib-feeds.js';

const document = readFileSync(join(import.meta.dirname, '../../../../docs/mapping/round-trips.md'), 'utf8');

const [always = ''] = document.split('## Where something is not said');

/** Elements that may differ after a round trip, as the documentation says. */
function documented(way: string, text: string): Set<string> {
  const lines = text.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  return new Set(lines.flatMap(([, name, element = '']) => (name === way ? [element] : [])));
}

type Resources = readonly FhirResource[];
const nameOf = ({ resourceType, id }: FhirResource): string => `${resourceType}/${id}`;
const bundleOf = (resources: readonly object[]): object => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map((resource) => ({
    fullUrl: `https://node.example/fhir/${nameOf(resource as FhirResource)}`,
    resource,
  })),
});
const resourcesOf = (result: Accepted): FhirResource[] => puts(result).map(({ resource }) => resource);

interface Way {
  /** @returns what went out, and what came back of it */
  travel(
    resources: Resources,
  ): { readonly sent: Resources; readonly result: ReturnType<typeof normaliseMessage> }[];
}

const ways: Readonly<Record<string, Way>> = {
  STU3: {
    travel: (sent) => [
      {
        sent,
        result: normaliseMessage({ ...fhir(bundleOf(sent.map((one) => toStu3(one)))), format: 'fhir-stu3' }),
      },
    ],
  },
  IPS: {
    travel: (resources) =>
      resources
        .filter(({ resourceType }) => resourceType === 'Patient')
        .map((patient) => {
          const own = resources.filter((one) => one === patient || one.resourceType !== 'Patient');
          const summary = writeSummary(own, {
            timestamp: '2026-11-22T08:00:00+01:00',
            custodian: { name: 'Ziekenhuis Noord' },
            uuidOf: uuidV5,
          }) as unknown as { entry: { resource: FhirResource }[] };
          const shown = new Set(summary.entry.map(({ resource }) => nameOf(resource)));
          return {
            sent: own.filter((one) => shown.has(nameOf(one))),
            result: normaliseMessage(fhir(summary)),
          };
        }),
  },
};

/** Differences that a round trip makes, by element; a resource that does not come back is one by itself. */
function differencesBy(way: Way, resources: Resources): Map<string, string> {
  const differences = new Map<string, string>();
  for (const { sent, result } of way.travel(resources)) {
    if (result.outcome === 'rejected') throw new Error(`Rejected: ${JSON.stringify(result.issues)}`);
    expect(result.issues.filter(({ severity }) => severity === 'error')).toEqual([]);
    const back = new Map(resourcesOf(result).map((resource) => [nameOf(resource), resource]));
    for (const before of sent) {
      const after = back.get(`${before.resourceType}/${idAfterReturn(before)}`);
      if (after === undefined) differences.set(before.resourceType, 'does not come back');
      else for (const fact of differencesOf(before, after)) differences.set(elementOf(fact), fact);
    }
  }
  return differences;
}

const corpus: Resources[] = Object.values(feeds)
  .flat()
  .flatMap((message) => {
    const result = normaliseMessage(message);
    return result.outcome === 'rejected' ? [] : [resourcesOf(result)];
  });

/** Without one element of one resource, as the mapping would have made it. */
function without(resources: Resources, at: number, element: number): Resources {
  const draft = resources.map((resource) => ({ ...resource }));
  const one: Record<string, unknown> | undefined = draft[at % draft.length];
  const removable = Object.keys(one ?? {}).filter(
    (key) => !/^(?:resourceType|id|meta|identifier)$/.test(key),
  );
  const key = removable[element % Math.max(1, removable.length)];
  if (one !== undefined && key !== undefined) delete one[key];
  const result = normaliseMessage(fhir(bundleOf(draft)));
  return result.outcome === 'rejected' ? [] : resourcesOf(result);
}

/** Types of resources that the mapping has a profile of a zib for. */
const supported =
  `AllergyIntolerance CareTeam Condition Consent Coverage Device DeviceUseStatement DiagnosticReport Encounter EpisodeOfCare
  Flag Immunization ImmunizationRecommendation Location Medication MedicationAdministration MedicationDispense MedicationRequest
  MedicationStatement NutritionOrder Observation Organization Patient Practitioner PractitionerRole Procedure RelatedPerson
  ServiceRequest Specimen`.split(/\s+/);

describe.each(Object.keys(ways))('from the zibs to %s and back', (name) => {
  const way = ways[name] as Way;
  const allowed = documented(name, always);
  const allowedWithout = documented(name, document);

  it('everything says what it said, but for what the documentation names', () => {
    const differences = new Map(corpus.flatMap((resources) => [...differencesBy(way, resources)]));
    expect([...differences].filter(([element]) => !allowed.has(element))).toEqual([]);
    expect([...allowed].filter((element) => !differences.has(element))).toEqual([]);
  });

  it('that holds with any element left out', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.nat(corpus.length - 1), fc.nat(200), fc.nat(30), (message, at, element) => {
        const differences = differencesBy(way, without(corpus[message] ?? [], at, element));
        expect([...differences].filter(([one]) => !allowedWithout.has(one))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

it('all types of the zibs go there and back', () => {
  const types = new Set(corpus.flat().map(({ resourceType }) => resourceType));
  expect(supported.filter((type) => !types.has(type))).toEqual([]);
});

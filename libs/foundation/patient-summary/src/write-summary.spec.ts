import type { FhirResource } from '@samenhang/data-model';
import { validateResource } from '@samenhang/fhir-r4';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeSummary, type SummaryContext } from './index.js';

const ura = 'http://fhir.nl/fhir/NamingSystem/ura';
const flags = 'https://samenhang.example/fhir/CodeSystem/view-flag';
const clinical = 'http://terminology.hl7.org/CodeSystem/condition-clinical';
const uuidOf = (text: string): string => {
  const number = [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 2 ** 40, 7);
  return `00000000-0000-8000-a000-${number.toString(16).padStart(12, '0')}`;
};
const context: SummaryContext = {
  timestamp: '2026-11-22T08:00:00Z',
  custodian: { name: 'Platform' },
  uuidOf,
};
const patient: FhirResource = { resourceType: 'Patient', id: 'p', name: [{ family: 'Jansen' }] };

function problem(id: string, ...tag: object[]): FhirResource {
  return {
    resourceType: 'Condition',
    id,
    meta: { tag: [{ system: 'https://own.example', code: 'internal' }, ...tag] },
    subject: { reference: 'Patient/p' },
    clinicalStatus: { coding: [{ system: clinical, code: 'active' }] },
    code: { text: `Problem ${id}` },
  };
}

interface Entry {
  readonly fullUrl: string;
  readonly resource: FhirResource;
}
const entriesOf = (summary: FhirResource): Entry[] => summary['entry'] as Entry[];
const find = (summary: FhirResource, type: string): Entry | undefined =>
  entriesOf(summary).find(({ resource }) => resource.resourceType === type);

describe('a summary of what several sources say', () => {
  it('keeps whose a fact is and that sources disagree, and nothing else of its tags', () => {
    const told = [
      { system: ura, code: '22222222' },
      { system: flags, code: 'conflict' },
    ];
    const summary = writeSummary([patient, problem('a', ...told)], context);
    expect(find(summary, 'Condition')?.resource['meta']).toMatchObject({ tag: told });
    expect(JSON.stringify(summary)).toContain('Problem a (sources disagree)');
  });

  it('has the Provenance of what is in it, and of nothing else', () => {
    const about = (id: string, target: string): FhirResource => ({
      resourceType: 'Provenance',
      id,
      target: [{ reference: target }],
      recorded: context.timestamp,
      agent: [{ who: { display: 'Platform' } }],
    });
    const provenance = [about('one', 'Condition/a'), about('two', 'Condition/elsewhere')];
    const summary = writeSummary([patient, problem('a')], { ...context, provenance });
    const found = entriesOf(summary).filter(({ resource }) => resource.resourceType === 'Provenance');
    expect(found.map(({ resource }) => resource['target'])).toEqual([
      [{ reference: find(summary, 'Condition')?.fullUrl }],
    ]);
  });

  it('says what is missing, as text that cannot be taken for markup', () => {
    const outcome = {
      resourceType: 'OperationOutcome',
      id: 'o',
      issue: [{ severity: 'warning', code: 'timeout', diagnostics: 'One is missing' }],
    };
    const completeness = { sentences: ['<script>1 & 2</script>'], outcome };
    const summary = writeSummary([patient], { ...context, completeness });
    expect(validateResource(summary)).toEqual([]);
    const text = JSON.stringify(find(summary, 'Composition')?.resource);
    expect(text).toContain('<li>&lt;script&gt;1 &amp; 2&lt;/script&gt;</li>');
    expect(text).toContain(find(summary, 'OperationOutcome')?.fullUrl);
  });

  it('is valid and complete in itself, whatever facts come in whichever order', () => {
    const ids = fc.uniqueArray(fc.stringMatching(/^[a-z0-9]{1,8}$/), { maxLength: 12 });
    fc.assert(
      fc.property(ids, (names) => {
        const summary = writeSummary([...names.map((name) => problem(name)), patient], context);
        expect(validateResource(summary)).toEqual([]);
        const urls = entriesOf(summary).map(({ fullUrl }) => fullUrl);
        const references = [...JSON.stringify(summary).matchAll(/"reference":"([^"]+)"/g)].map(
          ([, url]) => url,
        );
        expect(references.filter((url) => !urls.includes(url ?? ''))).toEqual([]);
        const problems = entriesOf(summary).filter(({ resource }) => resource.resourceType === 'Condition');
        expect(problems).toHaveLength(Math.max(1, names.length));
      }),
      { numRuns: 50 },
    );
  });
});

import type { DataCategory, FhirResource, Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { PatientBinding } from '@samenhang/identity';
import { getBsn } from '@samenhang/patient-identity';
import { describe, expect, it } from 'vitest';
import { identity, urasOf } from '../../test/fan-out-set-up.js';
import { allergy, bsnA, patient } from '../../test/stand-in-holder.js';
import type { SourceReport } from '../sources/source-report.js';
import { BoundedMemory } from '../pages/bounded-memory.js';
import { Capacity } from './capacity.js';
import { PatientViewService, type PatientViewDependencies } from './patient-view.service.js';
import { ViewCollector, type CollectorDependencies } from './view-collector.js';
import type { ViewResult } from './view-journal.js';

const [one, two, three] = urasOf(3) as [Ura, Ura, Ura];
const base = (custodian: Ura): string => `https://${custodian}.example/fhir`;

function answering(custodian: Ura, name = `Provider ${custodian}`): SourceReport {
  const resources = [patient('p'), allergy('a', 'p')].map((resource) => ({
    custodian,
    source: base(custodian),
    fullUrl: `${base(custodian)}/${resource.resourceType}/${resource.id}`,
    resource,
  }));
  return { custodian, custodianName: name, status: 'ok', milliseconds: 5, resources, missing: [] };
}

const permitting = (categories: readonly DataCategory[]): PatientViewDependencies['decisions'] => ({
  decide: () => ({ allow: true, reasons: [] }),
  decideCategories: () => new Map(categories.map((category) => [category, { allow: true, reasons: [] }])),
});

const failing = (custodian: Ura, status: SourceReport['status']): SourceReport => ({
  custodian,
  status,
  milliseconds: 5,
  resources: [],
  missing: [],
});

interface ViewBundle {
  readonly total?: number;
  readonly entry: readonly {
    readonly resource: FhirResource;
    readonly search: { readonly mode: string };
  }[];
}

type Changes = Partial<PatientViewDependencies & CollectorDependencies>;

function serviceFor(reports: readonly SourceReport[], changes: Changes = {}) {
  const journal: ViewResult[] = [];
  const decisions = permitting(['AllergyIntolerance']);
  const collector = new ViewCollector({
    decisions,
    localise: async () =>
      reports.map(({ custodian }) => ({ custodian, category: 'AllergyIntolerance' as const })),
    fanOut: { ask: async () => [...reports] },
    memory: new BoundedMemory({ maximumBytes: 1_000_000, lifetimeMs: 60_000 }),
    budgetMs: 10_000,
    ...changes,
  });
  const service = new PatientViewService({
    decisions,
    binding: () => new PatientBinding({ key: Buffer.alloc(32, 9).toString('base64') }),
    collector,
    journal: { record: async (_request, result) => void journal.push(result) },
    capacity: new Capacity(1),
    self: 'http://query-api.example/fhir/Patient/$everything',
    revealRefused: false,
    ...changes,
  });
  const view = async (): Promise<ViewBundle> => {
    const text = await service.view({
      bsn: getBsn(bsnA),
      identity,
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      signal: new AbortController().signal,
    });
    return JSON.parse(text) as ViewBundle;
  };
  return { view, journal };
}

const resourcesOf = (bundle: ViewBundle, type: string) =>
  bundle.entry.filter(({ resource }) => resource.resourceType === type);
const issuesOf = (bundle: ViewBundle) => {
  const outcome: unknown = bundle.entry.find(({ search }) => search.mode === 'outcome')?.resource;
  return (outcome as { issue: { code: string; severity: string; diagnostics: string }[] }).issue;
};

describe('a complete view', () => {
  it('shows a fact of two sources once, tagged and traced to both', async () => {
    const { view, journal } = serviceFor([answering(one), answering(two)]);
    const bundle = await view();
    const [shown, ...others] = resourcesOf(bundle, 'AllergyIntolerance');
    expect(others).toEqual([]);
    expect(JSON.stringify(shown?.resource['meta' as never])).toContain(two);
    const provenance = resourcesOf(bundle, 'Provenance').find(({ resource }) =>
      JSON.stringify(resource).includes('AllergyIntolerance/a'),
    );
    expect(JSON.stringify(provenance)).toContain(`${base(two)}/AllergyIntolerance/a`);
    expect(JSON.stringify(provenance)).toContain(`Provider ${one}`);
    expect(bundle.total).toBe(2);
    expect(issuesOf(bundle)).toEqual([expect.objectContaining({ code: 'informational' })]);
    expect(journal).toEqual([expect.objectContaining({ outcome: 'success', sources: 2, facts: 2 })]);
  });

  it('keeps every Patient, because facts refer to that of their own source', async () => {
    const bundle = await serviceFor([answering(one), answering(two)]).view();
    expect(resourcesOf(bundle, 'Patient').map(({ search }) => search.mode)).toEqual(['match', 'include']);
  });

  it('still holds the original behind the one that is shown', async () => {
    const bundle = await serviceFor([answering(one), answering(two)]).view();
    const originals: unknown = resourcesOf(bundle, 'Bundle')[0]?.resource;
    expect((originals as { entry: { fullUrl: string }[] }).entry.map(({ fullUrl }) => fullUrl)).toEqual([
      `${base(two)}/AllergyIntolerance/a`,
    ]);
  });

  it('says of an unknown person that nothing is registered', async () => {
    const bundle = await serviceFor([]).view();
    expect(issuesOf(bundle)[0]).toMatchObject({
      severity: 'information',
      diagnostics: 'No registrations found',
    });
  });
});

describe('a view with missing sources', () => {
  it('names the source, leaves out the total and shows the rest', async () => {
    const bundle = await serviceFor([
      answering(one),
      failing(two, 'timed-out'),
      failing(three, 'empty'),
    ]).view();
    expect(bundle.total).toBeUndefined();
    expect(issuesOf(bundle)).toEqual([
      expect.objectContaining({
        severity: 'warning',
        code: 'timeout',
        diagnostics: `Custodian ${two} did not answer in time`,
      }),
    ]);
    expect(resourcesOf(bundle, 'AllergyIntolerance')).toHaveLength(1);
  });

  it('does not tell who refused', async () => {
    const bundle = await serviceFor([answering(one), failing(two, 'refused')]).view();
    expect(issuesOf(bundle)[0]).toMatchObject({
      code: 'suppressed',
      diagnostics: 'A source was not available',
    });
    expect(JSON.stringify(bundle)).not.toContain(two);
  });

  it('tells who refused where that is the policy', async () => {
    const bundle = await serviceFor([answering(one), failing(two, 'refused')], {
      revealRefused: true,
    }).view();
    expect(issuesOf(bundle)[0]).toMatchObject({
      code: 'forbidden',
      diagnostics: `Custodian ${two} refuses this request`,
    });
  });

  it('is empty, not failed, when all refuse', async () => {
    const bundle = await serviceFor([failing(one, 'refused')]).view();
    expect(issuesOf(bundle)[0]).toMatchObject({ severity: 'error', code: 'suppressed' });
  });

  it.each([
    ['timeout', ['timed-out', 'timed-out']],
    ['upstream', ['timed-out', 'unreachable']],
    ['upstream', ['invalid', 'refused']],
  ] as const)('fails as %s when none answers: %s', async (kind, statuses) => {
    const { view, journal } = serviceFor(
      statuses.map((status, index) => failing([one, two][index] ?? three, status)),
    );
    await expect(view()).rejects.toMatchObject({ kind });
    expect(journal).toEqual([expect.objectContaining({ outcome: 'failed' })]);
  });
});

describe('no view', () => {
  it('without a permit, and nobody is asked', async () => {
    const localise = () => Promise.reject(new Error('not to be called'));
    const { view, journal } = serviceFor([], {
      localise,
      decisions: {
        ...permitting([]),
        decide: () => ({ allow: false, reasons: [{ code: 'not_allowed', description: 'No' }] }),
      },
    });
    await expect(view()).rejects.toMatchObject({ kind: 'forbidden' });
    expect(journal).toEqual([expect.objectContaining({ outcome: 'denied', reasons: ['not_allowed'] })]);
  });

  it('when it cannot be recorded', async () => {
    const record = () => Promise.reject(new Failure('unavailable'));
    await expect(serviceFor([answering(one)], { journal: { record } }).view()).rejects.toMatchObject({
      kind: 'unavailable',
    });
  });

  it('of a category that the role may not see: it is not asked for', async () => {
    const asked: unknown[] = [];
    const fanOut = {
      ask: async ({ sources }: { sources: readonly unknown[] }) => (asked.push(...sources), [answering(one)]),
    };
    const localise = async () =>
      (['AllergyIntolerance', 'ObservationLaboratory'] as const).map((category) => ({
        custodian: one,
        category,
      }));
    await serviceFor([], { localise, fanOut }).view();
    expect(asked).toEqual([{ custodian: one, categories: ['AllergyIntolerance'] }]);
  });

  it('when the index cannot be asked', async () => {
    const localise = () => Promise.reject(new Failure('timeout'));
    await expect(serviceFor([], { localise }).view()).rejects.toMatchObject({ kind: 'timeout' });
  });
});

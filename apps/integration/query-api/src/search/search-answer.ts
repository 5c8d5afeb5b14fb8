import { stringifyExact } from '../sources/exact-json.js';
import { searchUrl, type SearchsetEntry } from '@samenhang/fhir-http';
import type { FactGroup } from '@samenhang/merge';
import type { FrozenMatch, FrozenResult } from '../pages/frozen-result.js';
import type { CollectedView } from '../patient-view/collected-view.js';
import type { Answer } from '../patient-view/patient-view.service.js';
import { tagged, taggedRepresentative } from '../patient-view/tagged-resource.js';
import { viewOutcome } from '../patient-view/view-outcome.js';
import { ProvenanceWriter } from '../patient-view/view-provenance.js';
import { followIncludes, indexByAddress } from './follow-includes.js';
import { orderGroups } from './order-groups.js';
import { shapeResource } from './shape-resource.js';
import type { SearchQuestion } from './search-question.js';

export interface SearchAnswer extends Answer {
  readonly result: FrozenResult;
}

export interface AnswerSettings {
  /** Base URL of the FHIR API. */
  readonly base: string;
  readonly revealRefused: boolean;
  /** What is left of the facts that match, before order and pages; all when left out. */
  readonly choose?: (matching: readonly FactGroup[]) => readonly FactGroup[];
}

const DEFAULT_COUNT = 200;

/** The facts that match, with what is asked along, ready to be given in pages. */
export function answerSearch(
  view: CollectedView,
  question: SearchQuestion,
  settings: AnswerSettings,
): SearchAnswer {
  const { searchable, tests, shape } = question;
  const matching = view.groups.filter(
    ({ representative: { resource } }) =>
      resource.resourceType === searchable.type && tests.every((test) => test(resource)),
  );
  const chosen = orderGroups(settings.choose?.(matching) ?? matching, searchable, shape.sort);
  const isCounted = shape.summary === 'count' || shape.count === 0;
  const selection = isCounted ? { matches: [], companions: new Map() } : select(view, chosen, question);
  return {
    facts: chosen.length,
    resourceTypes: chosen.length === 0 ? [] : [searchable.type],
    result: {
      ...selection,
      self: searchUrl(settings.base, searchable.type, question.understood),
      ...(view.isComplete && shape.total === 'accurate' ? { total: chosen.length } : {}),
      outcome: outcomeOf(view, question, settings.revealRefused),
      count: shape.count ?? DEFAULT_COUNT,
    },
  };
}

function select(
  view: CollectedView,
  chosen: readonly FactGroup[],
  { shape }: SearchQuestion,
): Pick<FrozenResult, 'matches' | 'companions'> {
  const byAddress = indexByAddress(view.groups);
  const companions = new Map<string, SearchsetEntry>();
  const matches = chosen.map((group): FrozenMatch => {
    const addresses = followIncludes(group.representative, shape.includes, byAddress);
    const included = addresses.flatMap((address) => byAddress.get(address) ?? []);
    for (const { item, group: owner } of included) {
      const resource =
        owner.representative.fullUrl === item.fullUrl
          ? taggedRepresentative(owner)
          : tagged(item.resource, [item.custodian]);
      companions.set(item.fullUrl, {
        fullUrl: item.fullUrl,
        body: stringifyExact(resource),
        mode: 'include',
      });
    }
    const provenance = shape.withProvenance ? [provenanceEntry(group, view)] : [];
    for (const entry of provenance) companions.set(entry.fullUrl, entry);
    return {
      entry: {
        fullUrl: group.representative.fullUrl,
        body: stringifyExact(shapeResource(taggedRepresentative(group), shape)),
        mode: 'match',
      },
      companions: [...addresses, ...provenance.map(({ fullUrl }) => fullUrl)],
    };
  });
  return { matches, companions };
}

function provenanceEntry(group: FactGroup, { names, at }: CollectedView): SearchsetEntry {
  const { id, body } = new ProvenanceWriter(names, at.toISOString()).write(group);
  return { fullUrl: `urn:uuid:${id}`, body, mode: 'include' };
}

/** About the sources, and about what of the question was left out of account. */
function outcomeOf(view: CollectedView, { ignored }: SearchQuestion, revealRefused: boolean): SearchsetEntry {
  const outcome = viewOutcome(view, revealRefused);
  const warnings = ignored.map((name) => ({
    severity: 'warning',
    code: 'not-supported',
    diagnostics: `Ignored, not supported: ${name}`,
  }));
  const issue = [...outcome.issue, ...warnings];
  return { fullUrl: '', body: JSON.stringify({ ...outcome, issue }), mode: 'outcome' };
}

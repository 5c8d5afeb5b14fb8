import { nameOf } from '@samenhang/fhir-http';
import type { FactGroup } from '@samenhang/merge';
import type { Call } from '../patient-view/call.js';
import { pagedView } from '../patient-view/paged-view.js';
import { buildPatientView } from '../patient-view/view-bundle.js';
import type { PatientViewService, ViewQuestion, Wanted } from '../patient-view/patient-view.service.js';
import { matchesOfPage } from '../pages/frozen-result.js';
import type { ResultPages } from '../pages/result-pages.js';
import { answerSearch } from './search-answer.js';
import type { SearchQuestion } from './search-question.js';

/** An operation that is a search with something more. */
export interface SearchOperation {
  readonly name: string;
  readonly choose: (matching: readonly FactGroup[]) => readonly FactGroup[];
}

export interface SearchDependencies {
  readonly views: Pick<PatientViewService, 'answer' | 'giveAgain'>;
  readonly pages: ResultPages;
  readonly base: string;
  readonly revealRefused: boolean;
}

/** Collects, searches what was collected, and gives it in pages that agree with each other. */
export class SearchService {
  constructor(private readonly dependencies: SearchDependencies) {}

  async search(call: Call, question: SearchQuestion, operation?: SearchOperation): Promise<string> {
    const { views, pages, base, revealRefused } = this.dependencies;
    const { bsn, categories, others } = question;
    const query = describeForAudit(question, operation);
    const settings = {
      base,
      revealRefused,
      ...(operation === undefined ? {} : { choose: operation.choose }),
    };
    const { result } = await views.answer({ ...call, bsn, categories, others, query }, (view) =>
      answerSearch(view, question, settings),
    );
    return pages.firstPage(call.identity, { bsn, query, result });
  }

  /** Everything, in pages of so many facts. */
  async everything(question: ViewQuestion, wanted: Wanted, count: number): Promise<string> {
    const { views, pages, base, revealRefused } = this.dependencies;
    const self = `${base}/Patient/$everything`;
    const { bsn, query = self } = question;
    const { result } = await views.answer(question, (view) => {
      const answer = buildPatientView(view, { self, revealRefused, ...wanted });
      return { ...answer, result: pagedView(answer, self, count) };
    });
    return pages.firstPage(question.identity, { bsn, query, result });
  }

  /** The policy is asked again for each page; consent was asked when the result was frozen. */
  async page(call: Call, cursor: string): Promise<string> {
    const { views, pages } = this.dependencies;
    const found = pages.find(call.identity, cursor);
    const { bsn, query, result } = found.kept;
    const shown = matchesOfPage(result, found.offset);
    const types = shown.map(({ entry }) => entry.fullUrl.split('/').at(-2) ?? '');
    const answer = { facts: shown.length, resourceTypes: [...new Set(types)] };
    await views.giveAgain({ ...call, bsn, query: `${query} (page)` }, answer);
    return pages.page(found);
  }
}

function describeForAudit(
  { searchable, understood }: SearchQuestion,
  operation: SearchOperation | undefined,
): string {
  const criteria = understood.map((parameter) => {
    const isWordOrNumber = searchable.parameters.some(
      ({ name, kind }) => name === parameter.name && (kind === 'string' || name === 'identifier'),
    );
    // Names and numbers of persons stay out of the trail's description.
    return `${nameOf(parameter)}=${isWordOrNumber ? '' : parameter.values.join(',')}`;
  });
  const name = operation?.name ?? searchable.type;
  return criteria.length === 0 ? name : `${name}${name.includes('?') ? '&' : '?'}${criteria.join('&')}`;
}

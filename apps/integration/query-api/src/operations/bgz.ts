import { identifierSystems, type DataCategory } from '@samenhang/data-model';
import type { SearchsetEntry } from '@samenhang/fhir-http';
import type { Bsn } from '@samenhang/patient-identity';
import { writePage, type FrozenMatch, type FrozenResult } from '../pages/frozen-result.js';
import type { CollectedView } from '../patient-view/collected-view.js';
import { viewOutcome } from '../patient-view/view-outcome.js';
import { answerSearch, type AnswerSettings, type SearchAnswer } from '../search/search-answer.js';
import { readSearchQuestion, type SearchQuestion } from '../search/search-question.js';
import { findSearchableType } from '../search/searchable-types.js';
import { bgzSearches, type BgzSearch } from './bgz-searches.js';
import { lastOfEachKind } from './last-n.js';

interface BgzQuestion {
  readonly question: SearchQuestion;
  readonly isLastN: boolean;
}

/** The searches of the BgZ about this person, each with the Provenance of what it finds. */
export function bgzQuestions(bsn: Bsn): BgzQuestion[] {
  return bgzSearches.map((search) => ({
    question: readSearchQuestion({ type: search.type, form: formOf(search, bsn), prefer: 'handling=strict' }),
    isLastN: search.isLastN === true,
  }));
}

function formOf(
  { type, criteria }: BgzSearch,
  bsn: Bsn,
): Readonly<Record<string, string | readonly string[]>> {
  const [naming = 'patient'] = findSearchableType(type)?.patientParameters ?? [];
  const name = naming === 'identifier' ? naming : `${naming}.identifier`;
  return { ...criteria, [name]: `${identifierSystems.bsn}|${bsn}`, _revinclude: 'Provenance:target' };
}

export function bgzCategories(questions: readonly BgzQuestion[]): DataCategory[] {
  return [...new Set(questions.flatMap(({ question }) => question.categories))];
}

export function bgzOthers(questions: readonly BgzQuestion[]): string[] {
  return [...new Set(questions.flatMap(({ question }) => question.others))];
}

/** The results of all searches of the BgZ as one: what two of them find is there once. */
export function answerBgz(
  view: CollectedView,
  questions: readonly BgzQuestion[],
  { base, revealRefused }: Pick<AnswerSettings, 'base' | 'revealRefused'>,
): SearchAnswer {
  const answers = questions.map(({ question, isLastN }) =>
    answerSearch(view, question, {
      base,
      revealRefused,
      ...(isLastN ? { choose: (groups) => lastOfEachKind(groups, 1) } : {}),
    }),
  );
  const matches = new Map<string, FrozenMatch>();
  const companions = new Map<string, SearchsetEntry>();
  for (const { result } of answers) {
    for (const match of result.matches) matches.set(match.entry.fullUrl, match);
    for (const [address, entry] of result.companions) companions.set(address, entry);
  }
  const result: FrozenResult = {
    self: `${base}/Patient/$bgz`,
    matches: [...matches.values()],
    companions,
    outcome: { fullUrl: '', body: JSON.stringify(viewOutcome(view, revealRefused)), mode: 'outcome' },
    count: matches.size,
    ...(view.isComplete ? { total: matches.size } : {}),
  };
  return {
    facts: matches.size,
    resourceTypes: [...new Set(answers.flatMap((one) => one.resourceTypes))],
    result,
  };
}

/** All of it, in one Bundle. */
export function writeBgz({ result }: SearchAnswer): string {
  return writePage(result, 0, undefined);
}

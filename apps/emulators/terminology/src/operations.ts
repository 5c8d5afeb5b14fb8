import type { CodeSystem, ConceptMap, TerminologyResource, ValueSet } from './terminology-resources.js';

/** What an operation answers: an HTTP status and a FHIR resource. */
export interface Answer {
  readonly status: number;
  readonly body: object;
}

type Query = URLSearchParams;
type Operation = (resources: readonly TerminologyResource[], query: Query) => Answer;

export const operations: Readonly<Record<string, Operation>> = {
  'ConceptMap/$translate': translate,
  'ValueSet/$validate-code': validateCode,
  'CodeSystem/$lookup': lookup,
};

function translate(resources: readonly TerminologyResource[], query: Query): Answer {
  const system = query.get('system');
  const code = query.get('code');
  const matches = ofType<ConceptMap>(resources, 'ConceptMap').flatMap(({ url, group }) =>
    group
      .filter(({ source }) => source === system)
      .flatMap(({ target: targetSystem, element }) =>
        element
          .filter((one) => one.code === code)
          .flatMap(({ target }) =>
            target.map(({ equivalence, code, display }) => ({
              name: 'match',
              part: [
                { name: 'equivalence', valueCode: equivalence },
                {
                  name: 'concept',
                  valueCoding: { system: targetSystem, code, ...(display === undefined ? {} : { display }) },
                },
                { name: 'source', valueUri: url },
              ],
            })),
          ),
      ),
  );
  return parameters([{ name: 'result', valueBoolean: matches.length > 0 }, ...matches]);
}

function validateCode(resources: readonly TerminologyResource[], query: Query): Answer {
  const valueSet = ofType<ValueSet>(resources, 'ValueSet').find(({ url }) => url === query.get('url'));
  if (valueSet === undefined) return unknown('There is no such value set');
  const isMember = valueSet.compose.include.some(
    ({ system, concept }) =>
      system === query.get('system') &&
      (concept === undefined || concept.some(({ code }) => code === query.get('code'))),
  );
  return parameters([{ name: 'result', valueBoolean: isMember }]);
}

function lookup(resources: readonly TerminologyResource[], query: Query): Answer {
  const found = ofType<CodeSystem>(resources, 'CodeSystem')
    .filter(({ url }) => url === query.get('system'))
    .flatMap(({ concept }) => concept)
    .find(({ code }) => code === query.get('code'));
  if (found === undefined) return unknown('There is no such code');
  const named = found.display === undefined ? [] : [{ name: 'display', valueString: found.display }];
  return parameters([{ name: 'name', valueString: query.get('system') ?? '' }, ...named]);
}

function ofType<T extends TerminologyResource>(
  resources: readonly TerminologyResource[],
  type: T['resourceType'],
): T[] {
  return resources.filter((resource): resource is T => resource.resourceType === type);
}

function parameters(parameter: readonly object[]): Answer {
  return { status: 200, body: { resourceType: 'Parameters', parameter } };
}

export function unknown(diagnostics: string): Answer {
  const issue = [{ severity: 'error', code: 'not-found', diagnostics }];
  return { status: 404, body: { resourceType: 'OperationOutcome', issue } };
}

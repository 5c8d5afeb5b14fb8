import { Failure } from '@samenhang/errors';
import { hierarchicalSystems, parseToken, splitUnescaped, unescapeValue } from '@samenhang/fhir-http';
import { isRecord, recordsOf } from '../sources/json-shape.js';
import { fold } from './fold.js';

type ValueTest = (value: unknown) => boolean;

export function tokenTest(text: string): ValueTest {
  const { system, code } = parseToken(text);
  return (value) =>
    codedValues(value).some(
      (coded) =>
        (system === undefined || (coded.system ?? '') === system) &&
        (code === undefined || coded.code === code),
    );
}

interface CodedValue {
  readonly system?: string;
  readonly code?: string;
}

function codedValues(value: unknown): CodedValue[] {
  if (typeof value === 'string' || typeof value === 'boolean') return [{ code: String(value) }];
  if (!isRecord(value)) return [];
  const codings = 'coding' in value ? recordsOf(value['coding']) : [value];
  return codings.map(({ system, code, value: number }) => ({
    ...(typeof system === 'string' ? { system } : {}),
    ...(typeof code === 'string' ? { code } : typeof number === 'string' ? { code: number } : {}),
  }));
}

export function tokenTextTest(text: string): ValueTest {
  const wanted = fold(unescapeValue(text));
  return (value) =>
    isRecord(value) &&
    [value, ...recordsOf(value['coding'])]
      .flatMap(({ text: words, display }) => [words, display])
      .some((words) => typeof words === 'string' && fold(words).includes(wanted));
}

/**
 * A kind of the code, or what the code is a kind of.
 * @throws Failure('malformed') for a code system whose hierarchy is not known here
 */
export function subsumptionTest(
  text: string,
  { name, modifier }: { readonly name: string; readonly modifier: 'below' | 'above' },
): ValueTest {
  const { system, code = '' } = parseToken(text);
  if (system === undefined || code === '' || !hierarchicalSystems.has(system))
    throw new Failure('malformed', 'The kinds of codes of this code system are not known', {
      issues: [
        {
          code: 'not-supported',
          text: `Not supported: ${name}:${modifier} is known of system|code in ${[...hierarchicalSystems].join(', ')}`,
        },
      ],
    });
  return (value) =>
    codedValues(value).some((coded) => {
      if (coded.system !== system || coded.code === undefined || coded.code === '') return false;
      return modifier === 'below' ? coded.code.startsWith(code) : code.startsWith(coded.code);
    });
}

/** `system|code|value`: an identifier of this type (http://hl7.org/fhir/R4/search.html#token). */
export function ofTypeTest(text: string, name: string): ValueTest {
  const [system, code, number, ...rest] = splitUnescaped(text, '|').map(unescapeValue);
  if (system === undefined || code === undefined || number === undefined || number === '' || rest.length > 0)
    throw new Failure('malformed', `The value of ${name}:of-type is system|code|value`);
  return (value) =>
    isRecord(value) &&
    value['value'] === number &&
    codedValues(value['type']).some((type) => (type.system ?? '') === system && type.code === code);
}

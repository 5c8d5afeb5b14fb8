import { describe, expect, it } from 'vitest';
import { checkConditions } from './conditional-requests.js';

const system = 'https://a.example/c';
const resource = { resourceType: 'Condition', identifier: [{ system, value: '7' }] };
const problems = (request: object, content: object = resource): string[] =>
  checkConditions({ resourceType: 'Bundle', entry: [{ resource: content, request }] }).map(
    ({ expression }) => expression,
  );

describe('checkConditions', () => {
  it('takes conditions by an identifier that the resource carries, or a resource with an id', () => {
    expect(problems({ method: 'PUT', url: `Condition?identifier=${system}|7` })).toEqual([]);
    expect(
      problems({
        method: 'POST',
        url: 'Condition',
        ifNoneExist: `identifier=${encodeURIComponent(`${system}|7`)}`,
      }),
    ).toEqual([]);
    expect(
      problems({ method: 'PUT', url: `Condition?identifier=${system}|8` }, { ...resource, id: 'x' }),
    ).toEqual([]);
    expect(problems({ method: 'PUT', url: 'Condition/1' })).toEqual([]);
  });

  it('does not take what would be another resource each time it is sent', () => {
    expect(problems({ method: 'PUT', url: `Condition?identifier=${system}|8` })).toEqual([
      'Bundle.entry[0].request.url',
    ]);
    expect(problems({ method: 'POST', url: 'Condition', ifNoneExist: 'code=1' })).toEqual([
      'Bundle.entry[0].request.ifNoneExist',
    ]);
    expect(problems({ method: 'PUT', url: 'Condition?identifier=7' })).toEqual([
      'Bundle.entry[0].request.url',
    ]);
  });
});

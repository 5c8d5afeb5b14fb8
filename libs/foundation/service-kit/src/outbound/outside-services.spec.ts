import { beforeEach, describe, expect, it } from 'vitest';
import { OutsideServices } from './outside-services.js';

const origin = 'https://index.example';
let now = Date.parse('2026-11-22T10:00:00Z');
let outside: OutsideServices;
beforeEach(() => {
  now = Date.parse('2026-11-22T10:00:00Z');
  outside = new OutsideServices(() => now);
  outside.watch('reference-index', `${origin}/nvi/`);
});

const fail = (path: string, times = 3, at = origin): void => {
  for (let time = 0; time < times; time += 1) {
    outside.failed(at, path, 'ECONNREFUSED');
    now += 1_000;
  }
};

describe('a service outside', () => {
  it('is not spoken of before it was asked', () => {
    expect(outside.list()).toEqual([]);
    fail('/nvi/fhir', 1);
    expect(outside.list()).toMatchObject([{ name: 'reference-index', state: 'unknown' }]);
    expect(outside.problems()).toEqual([]);
  });

  it('fails after three requests in a row without an answer, since the first', () => {
    outside.answered(origin, '/nvi/fhir/List');
    now += 60_000;
    fail('/nvi/fhir/List?x=1', 2);
    expect(outside.list()).toMatchObject([{ state: 'answers' }]);
    fail('/nvi', 1);
    expect(outside.list()).toEqual([
      {
        name: 'reference-index',
        state: 'failing',
        lastAnswer: '2026-11-22T10:00:00.000Z',
        failingSince: '2026-11-22T10:01:00.000Z',
        reason: 'ECONNREFUSED',
      },
    ]);
    expect(outside.problems()).toEqual([
      {
        code: 'outside-failing',
        text: 'The reference-index does not answer: ECONNREFUSED',
        outside: 'reference-index',
        since: '2026-11-22T10:01:00.000Z',
      },
    ]);
  });

  it('answers again at the first answer', () => {
    fail('/nvi');
    outside.answered(origin, '/nvi/fhir');
    expect(outside.problems()).toEqual([]);
    expect(outside.list()).toEqual([
      { name: 'reference-index', state: 'answers', lastAnswer: '2026-11-22T10:00:03.000Z' },
    ]);
    fail('/nvi', 2);
    expect(outside.problems()).toEqual([]);
  });

  it('is told from others on the same server by its path', () => {
    outside.watch('address-book', origin);
    fail('/nvi/fhir');
    fail('/nvis');
    fail('/', 3, 'https://elsewhere.example');
    outside.answered(origin, '/lrza/fhir');
    expect(outside.problems().map((problem) => problem.outside)).toEqual(['reference-index']);
  });

  it('fails at one of its addresses although another answers', () => {
    outside.watch('reference-index', 'https://second.example');
    outside.answered('https://second.example', '/');
    fail('/nvi');
    expect(outside.list()).toMatchObject([{ name: 'reference-index', state: 'failing' }]);
  });
});

describe('servers without a name', () => {
  it('are left alone unless they are counted', () => {
    fail('/', 3, 'https://a.example');
    expect(outside.problems()).toEqual([]);
  });

  it('are told as a number, until they were not asked for an hour', () => {
    outside.countOthers('transfer-peers');
    fail('/secret-path', 3, 'https://a.example');
    fail('/', 2, 'https://b.example');
    outside.answered('https://c.example', '/');
    const [problem] = outside.problems();
    expect(problem).toEqual({
      code: 'outside-failing',
      text: '1 of 3 servers asked in the last hour do not answer',
      outside: 'transfer-peers',
      since: '2026-11-22T10:00:00.000Z',
    });
    now += 3_600_000;
    expect(outside.problems()).toEqual([]);
  });

  it('are remembered up to a number', () => {
    outside.countOthers('transfer-peers');
    for (let host = 0; host < 600; host += 1) fail('/', 3, `https://h${host}.example`);
    expect(outside.problems()[0]?.text).toBe('500 of 500 servers asked in the last hour do not answer');
  });
});

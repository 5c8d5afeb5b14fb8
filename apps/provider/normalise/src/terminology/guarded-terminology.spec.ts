import { describe, expect, it } from 'vitest';
import { GuardedTerminology } from './guarded-terminology.js';
import type { BoundQuestion, TermAnswer } from './terminology.js';

const translated: TermAnswer = { outcome: 'translated', target: { system: 'urn:s', code: '1' } };
const none: TermAnswer = { outcome: 'none' };
const unavailable: TermAnswer = { outcome: 'unavailable' };

function guarded(
  answers: TermAnswer[],
  mostKept = 10,
): {
  ask: (code: string) => Promise<TermAnswer>;
  asked: string[];
  pass: (ms: number) => void;
} {
  let time = 0;
  const asked: string[] = [];
  const server = {
    translate: ({ code }: BoundQuestion): Promise<TermAnswer> => {
      asked.push(code);
      return Promise.resolve(answers.shift() ?? unavailable);
    },
  };
  const now = (): number => time;
  const terms = { keptMs: 1_000, noneKeptMs: 100, mostKept, failures: 3, pauseMs: 60_000, now };
  const terminology = new GuardedTerminology(server, terms);
  return {
    ask: (code) =>
      terminology.translate({ binding: 'ProbleemNaam', system: 'urn:x', code, systems: ['urn:s'] }),
    asked,
    pass: (ms) => (time += ms),
  };
}

describe('a guarded terminology server', () => {
  it('is asked once while its answer is kept, also for questions at the same time', async () => {
    const { ask, asked, pass } = guarded([translated, none]);
    expect(await Promise.all([ask('a'), ask('a')])).toEqual([translated, translated]);
    pass(999);
    expect(await ask('a')).toBe(translated);
    expect(asked).toEqual(['a']);
    pass(1);
    expect(await ask('a')).toBe(none);
  });

  it('is asked again sooner when it had no answer', async () => {
    const { ask, pass } = guarded([none, translated]);
    expect(await ask('a')).toBe(none);
    pass(99);
    expect(await ask('a')).toBe(none);
    pass(1);
    expect(await ask('a')).toBe(translated);
  });

  it('keeps no more than it may', async () => {
    const { ask, asked } = guarded(
      Array.from({ length: 9 }, () => none),
      2,
    );
    for (const code of ['a', 'b', 'c', 'c', 'b', 'a']) await ask(code);
    expect(asked).toEqual(['a', 'b', 'c', 'a']);
  });

  it('is left alone after some questions in a row without an answer, and no such answer is kept', async () => {
    const { ask, asked } = guarded([
      unavailable,
      translated,
      unavailable,
      unavailable,
      unavailable,
      translated,
    ]);
    expect(await ask('a')).toEqual(unavailable);
    expect(await ask('a')).toEqual(translated);
    for (const code of ['b', 'c', 'd', 'e', 'f']) expect(await ask(code)).toEqual(unavailable);
    expect(asked).toEqual(['a', 'a', 'b', 'c', 'd']);
    expect(await ask('a')).toEqual(translated);
  });
});

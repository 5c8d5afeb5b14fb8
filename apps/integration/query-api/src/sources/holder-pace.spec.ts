import { getUra } from '@samenhang/data-model';
import { expect, it } from 'vitest';
import { HolderPace } from './holder-pace.js';
import type { SourceStatus } from './source-report.js';

const [one, two, three] = ['30000001', '30000002', '30000003'].map((ura) => getUra(ura));
const order = (pace: HolderPace) =>
  pace
    .slowestFirst(
      [one, two, three].flatMap((custodian) => (custodian ? [{ custodian, categories: [] }] : [])),
    )
    .map(({ custodian }) => custodian);

function after(...notes: [number, number, SourceStatus?][]): HolderPace {
  const pace = new HolderPace();
  for (const [index, milliseconds, status = 'ok'] of notes) {
    const custodian = [one, two, three][index];
    if (custodian !== undefined) pace.note({ custodian, status, milliseconds });
  }
  return pace;
}

it('asks in the order given as long as nothing is known', () => {
  expect(order(after())).toEqual([one, two, three]);
});

it('asks who took long first, and who is not known last', () => {
  expect(order(after([1, 20], [2, 90]))).toEqual([three, two, one]);
});

it('forgives one that was slow once', () => {
  expect(order(after([0, 100], [0, 10], [0, 10], [0, 10], [0, 10], [1, 60]))).toEqual([two, one, three]);
});

it('does not let those who hang go before others', () => {
  expect(order(after([2, 50], [0, 5_000, 'timed-out'], [1, 20]))).toEqual([three, two, one]);
});

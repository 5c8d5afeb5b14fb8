import { malformed, membersOf } from '../permits/read-json.js';

export const setNames = ['development', 'validation', 'test'] as const;
export type SetName = (typeof setNames)[number];
/** Of a hundred persons. */
export type SetSizes = Readonly<Record<SetName, number>>;

const usual: SetSizes = { development: 70, validation: 15, test: 15 };

/** Whole numbers that make a hundred; `test` may be left out. @throws Failure('malformed') */
export function readSetSizes(value: unknown): SetSizes {
  if (value === undefined) return usual;
  const { development, validation, test = 0, ...others } = membersOf(value);
  if (!isSize(development) || !isSize(validation) || !isSize(test) || Object.keys(others).length > 0)
    throw malformed('split');
  if (development === 0 || validation === 0 || development + validation + test !== 100)
    throw malformed('split');
  return { development, validation, test };
}

function isSize(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < 100;
}

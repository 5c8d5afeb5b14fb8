import { expect, it } from 'vitest';
import { findOpa, findStaleProducts, testPolicies } from '../../../../tools/policies/build.mjs';

const opa = findOpa({ install: process.env['CI'] !== undefined });
const named =
  opa === undefined
    ? ' (skipped: OPA of the pinned version is absent; node tools/policies/build.mjs fetches it where Go is)'
    : '';

it.skipIf(opa === undefined)(
  `the committed module is what the Rego sources give${named}`,
  () => {
    expect(findStaleProducts(opa ?? '')).toEqual([]);
  },
  120_000,
);

it.skipIf(opa === undefined)(
  `opa test passes${named}`,
  () => {
    expect(testPolicies(opa ?? '')).toMatch(/^PASS: /m);
  },
  120_000,
);

import { expect, it } from 'vitest';
import { findOpa, isUpToDate, opaVersion, testPolicies } from '../build.mjs';

const opa = findOpa({ install: process.env['CI'] !== undefined });
const skipped =
  opa === undefined
    ? ` (skipped: OPA ${opaVersion} is absent; node tools/policies/build.mjs fetches it where Go is)`
    : '';

it.skipIf(opa === undefined)(
  `the committed policies are what the Rego sources give${skipped}`,
  () => expect(isUpToDate(opa ?? '')).toBe(true),
  120_000,
);

it.skipIf(opa === undefined)(
  `the tests of the policies pass${skipped}`,
  () => expect(testPolicies(opa ?? '')).toMatch(/^PASS: /m),
  120_000,
);

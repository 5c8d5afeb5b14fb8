import { getUra } from '@samenhang/data-model';
import type { VerifiedIdentity } from '@samenhang/identity';
import { getBsn } from '@samenhang/patient-identity';
import { expect, it } from 'vitest';
import { RequesterKeys } from './requester-key.js';

const bsn = getBsn('900186021');
const identity = {
  clientId: 'viewer',
  scopes: new Set(['view:read']),
  organisation: { ura: getUra('11111111'), facilityType: 'Z3' },
  professional: { id: '000095254', roleCode: '01.015' },
  purposeOfUse: 'TREAT',
  treatmentRelation: 'asserted',
} as unknown as VerifiedIdentity;

it('differs with the person and with anything by which the index may decide', () => {
  const keys = new RequesterKeys();
  const others = [
    { clientId: 'other' },
    { actor: { clientId: 'query-api' } },
    { organisation: { ura: getUra('22222222'), facilityType: 'Z3' } },
    { organisation: { ura: getUra('11111111'), facilityType: 'V4' } },
    { professional: { id: '000000001', roleCode: '01.015' } },
    { professional: { id: '000095254', roleCode: '30.000' } },
    { purposeOfUse: 'ETREAT' },
    { treatmentRelation: undefined },
    { scopes: new Set(['view:read', 'nvi:localize']) },
  ].map((change) => keys.of({ bsn, identity: { ...identity, ...change } as VerifiedIdentity }));
  const own = keys.of({ bsn, identity });
  expect(keys.of({ bsn, identity: { ...identity } })).toBe(own);
  expect(new Set([own, keys.of({ bsn: getBsn('999990007'), identity }), ...others]).size).toBe(
    others.length + 2,
  );
  expect(new RequesterKeys().of({ bsn, identity })).not.toBe(own);
  expect(own).not.toContain(bsn);
});

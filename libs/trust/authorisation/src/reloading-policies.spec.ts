import { describe, expect, it } from 'vitest';
import type { AuthorisationInput } from './authorisation-input.js';
import { policiesOfThisRelease } from './compiled-policies.js';
import { ReloadingPolicies, type PolicyChange } from './reloading-policies.js';

const pharmacist: AuthorisationInput = {
  policy: 'holder',
  subject: {
    client_id: 'query-api',
    scope: 'holder:read',
    organization_ura: '44444444',
    organization_facility_type: 'A1',
    user_id: '900000033',
    user_role: '17.000',
    purpose_of_use: 'TREAT',
    treatment_relation: 'asserted',
  },
  request: { interaction: 'search-type' },
  context: { data_holder_organization_id: '22222222', data_category: 'MedicationRequest' },
};

type Matrix = { matrix: { roles: Record<string, object> } };
const { wasm, data } = policiesOfThisRelease();
function compiled(change: (matrix: Matrix['matrix']) => void = () => {}): string {
  const copy = structuredClone(data) as Matrix;
  change(copy.matrix);
  return JSON.stringify({ wasm: Buffer.from(wasm).toString('base64'), data: JSON.stringify(copy) });
}
const withoutPharmacists = compiled(({ roles }) => delete roles['17']);

async function policies(first?: string) {
  const source = { text: first };
  const changes: PolicyChange[] = [];
  const point = await ReloadingPolicies.start({
    read: () => Promise.resolve(source.text),
    onChange: (change) => changes.push(change),
    everyMs: 3_600_000,
  });
  const become = async (text: string | undefined): Promise<void> => {
    source.text = text;
    await point.refresh();
  };
  return { point, changes, become };
}

describe('policies that change while they decide', () => {
  it('come into force without a restart, and go back', async () => {
    const { point, changes, become } = await policies();
    expect(point.decide(pharmacist).allow).toBe(true);
    await become(withoutPharmacists);
    expect(point.decide(pharmacist).reasons).toMatchObject([{ code: 'role_unknown' }]);
    await become(undefined);
    expect(point.decide(pharmacist).allow).toBe(true);
    expect(changes).toEqual([
      { outcome: 'in-force', version: 2 },
      { outcome: 'in-force', version: 3 },
    ]);
    point.stop();
  });

  const emptyModule = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]).toString('base64');
  it.each([
    ['no JSON', 'nonsense'],
    ['an empty file', ''],
    ['a list', '[]'],
    ['without a module', JSON.stringify({ data: '{}' })],
    ['with data that cannot be read', JSON.stringify({ wasm: emptyModule, data: '{' })],
    ['with something else for a module', JSON.stringify({ wasm: 'AAAA', data: '{}' })],
    ['with a module of something else', JSON.stringify({ wasm: emptyModule, data: '{}' })],
  ])('%s: refused, and the old ones stay', async (_, text) => {
    const { point, changes, become } = await policies(withoutPharmacists);
    await become(text);
    expect(changes).toMatchObject([{ outcome: 'refused' }]);
    expect(point.decide(pharmacist).reasons).toMatchObject([{ code: 'role_unknown' }]);
    expect(point.version).toBe(1);
    await become(text);
    expect(changes).toHaveLength(1);
    point.stop();
  });

  it('that cannot be read for a moment change nothing', async () => {
    let fails = false;
    const point = await ReloadingPolicies.start({
      read: () => (fails ? Promise.reject(new Error('not there')) : Promise.resolve(undefined)),
      everyMs: 3_600_000,
    });
    fails = true;
    await point.refresh();
    expect(point.decide(pharmacist).allow).toBe(true);
    point.stop();
  });

  it('must be usable at the start', async () => {
    await expect(policies('nonsense')).rejects.toThrow('not usable');
  });
});

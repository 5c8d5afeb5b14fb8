import { elementOf, encodeBase64Url } from '@samenhang/oprf';
import { issueMutualTls } from '@samenhang/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HsmConnection, type HsmConnectionSettings } from '../src/keys/hsm-connection.js';
import { HsmKeyStore } from '../src/keys/hsm-key-store.js';
import { KeyAbsentError } from '../src/keys/key-store.js';
import { HsmEmulator } from './hsm-emulator.js';

const point = elementOf(Buffer.from('person'));

describe('a hardware module behind HTTP', () => {
  const certificates = issueMutualTls();
  let emulator: HsmEmulator;
  beforeAll(async () => {
    emulator = await HsmEmulator.start(certificates);
  });
  afterAll(() => emulator.close());
  beforeEach(() => {
    emulator.fault = undefined;
    emulator.requests.length = 0;
  });

  const storeWith = (changes: Partial<HsmConnectionSettings> = {}): HsmKeyStore =>
    new HsmKeyStore(
      new HsmConnection({
        url: emulator.url,
        module: 'module',
        slot: '1',
        ...certificates.client,
        authority: certificates.authority,
        timeoutMs: 2_000,
        ...changes,
      }),
    );

  it('evaluates many points at the same time, in their order', async () => {
    const store = storeWith();
    await store.generate('many');
    const points = Array.from({ length: 50 }, (_unused, index) => elementOf(Buffer.of(index)));
    const all = await store.evaluate('many', points);
    for (const index of [0, 17, 49])
      expect(await store.evaluate('many', points.slice(index, index + 1))).toEqual([all[index]]);
    await store.close();
  });

  it('publishes the key times the generator, and offers no proofs', async () => {
    const store = storeWith();
    await store.generate('public');
    expect(encodeBase64Url(await store.publicKey('public'))).toMatch(/^[\w-]{43}$/);
    expect(store.offersProofs).toBe(false);
    await expect(store.evaluateVerifiably()).rejects.toMatchObject({ kind: 'invalid' });
    await store.close();
  });

  it('asks under module and slot, and for nothing that it was not asked', async () => {
    const store = storeWith();
    await expect(store.evaluate('absent', [point])).rejects.toThrow(KeyAbsentError);
    expect(emulator.requests).toEqual(['/hsm/module/1/oprf/evaluate']);
    await store.close();
  });

  it.each<[string, () => HsmEmulator['fault'], string]>([
    ['is down', () => ({ status: 503, body: '{}' }), 'unavailable'],
    ['does not answer', () => 'silence', 'unavailable'],
    ['refuses', () => ({ status: 403, body: '{}' }), 'upstream'],
    ['answers no JSON', () => ({ status: 200, body: '<html>' }), 'upstream'],
    ['answers nothing', () => ({ status: 200, body: '{}' }), 'upstream'],
    [
      'answers the identity',
      () => ({ status: 200, body: JSON.stringify({ result: Buffer.alloc(32).toString('base64') }) }),
      'upstream',
    ],
  ])('fails closed when it %s', async (_name, fault, kind) => {
    const store = storeWith({ timeoutMs: 300 });
    await store.generate(`fault-${kind}`).catch(() => undefined);
    emulator.fault = fault();
    await expect(store.evaluate(`fault-${kind}`, [point])).rejects.toMatchObject({ kind });
    await store.close();
  });

  it('believes a destruction only when the key is gone', async () => {
    const store = storeWith();
    await store.generate('gone');
    await store.destroy('gone');
    expect(await store.has('gone')).toBe(false);
    emulator.fault = { status: 200, body: JSON.stringify({ objects: [{ label: 'gone' }] }) };
    await expect(store.destroy('gone')).rejects.toMatchObject({ kind: 'upstream' });
    await store.close();
  });

  it('talks to nobody without both certificates, and by https only', async () => {
    const stranger = storeWith(certificates.stranger);
    await expect(stranger.has('a')).rejects.toMatchObject({ kind: 'unavailable' });
    await stranger.close();
    const deceived = storeWith({ authority: certificates.stranger.certificate });
    await expect(deceived.has('a')).rejects.toMatchObject({ kind: 'unavailable' });
    await deceived.close();
    expect(() => storeWith({ url: 'http://127.0.0.1:1' })).toThrow(RangeError);
    expect(() => storeWith({ slot: '../2' })).toThrow(RangeError);
  });
});

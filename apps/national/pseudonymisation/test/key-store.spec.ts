import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  confirmMasked,
  elementOf,
  encodeBase64Url,
  evaluate,
  generateKey,
  verifyMasked,
} from '@samenhang/oprf';
import { issueMutualTls } from '@samenhang/testing';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileKeyStore } from '../src/keys/file-key-store.js';
import { HsmConnection } from '../src/keys/hsm-connection.js';
import { HsmKeyStore } from '../src/keys/hsm-key-store.js';
import { KeyAbsentError, provisionedLabel, type OprfKeyStore } from '../src/keys/key-store.js';
import { HsmEmulator } from './hsm-emulator.js';
import { MemoryKeyStore } from './memory-key-store.js';

const point = elementOf(Buffer.from('person'));
const provisioned = generateKey();
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'key-store-'));
  writeFileSync(secretFile(), JSON.stringify({ oprfKey: hex(provisioned), signing: { kty: 'EC' } }));
});
afterEach(() => rmSync(directory, { recursive: true }));

const secretFile = () => join(directory, 'pseudonymisation.json');
const fileStore = (
  keyEncryptionKey: string | undefined = Buffer.alloc(32, 1).toString('base64'),
  threads = 0,
) =>
  new FileKeyStore({
    directory: join(directory, 'keys'),
    keyEncryptionKey,
    secretFile: secretFile(),
    threads,
  });

const certificates = issueMutualTls();
const emulator = await HsmEmulator.start(certificates);
afterAll(() => emulator.close());
let slots = 0;

/** Each in a label space of its own, as a slot is. */
function moduleStore(): OprfKeyStore {
  const space = `slot-${slots++}-`;
  const store = new HsmKeyStore(
    new HsmConnection({
      url: emulator.url,
      module: 'module',
      slot: '1',
      ...certificates.client,
      authority: certificates.authority,
    }),
  );
  return {
    offersProofs: store.offersProofs,
    has: (label) => store.has(space + label),
    generate: (label) => store.generate(space + label),
    evaluate: (label, elements) => store.evaluate(space + label, elements),
    evaluateVerifiably: () => store.evaluateVerifiably(),
    publicKey: (label) => store.publicKey(space + label),
    destroy: (label) => store.destroy(space + label),
    close: () => store.close(),
  };
}

describe.each<[string, () => OprfKeyStore]>([
  ['files', fileStore],
  ['files, evaluated by threads', () => fileStore(undefined, 2)],
  ['memory', () => new MemoryKeyStore()],
  ['a hardware module', moduleStore],
])('a key store of %s', (_name, create) => {
  it('evaluates the same under one label, and otherwise under another', async () => {
    const store = create();
    await store.generate('a');
    await store.generate('b');
    const [first] = await store.evaluate('a', [point, point]);
    expect((await store.evaluate('a', [point])).map(hex)).toEqual([first].map((each) => hex(each ?? point)));
    expect((await store.evaluate('b', [point])).map(hex)).not.toContain(hex(first ?? point));
  });

  it('evaluates long lists in their order, and refuses an absent key for them too', async () => {
    const store = create();
    await store.generate('a');
    const points = Array.from({ length: 150 }, (_unused, index) => elementOf(Buffer.of(index)));
    const all = await store.evaluate('a', points);
    expect(all).toHaveLength(150);
    for (const index of [0, 63, 64, 149])
      expect((await store.evaluate('a', points.slice(index, index + 1))).map(hex)).toEqual([
        hex(all[index] ?? point),
      ]);
    await expect(store.evaluate('b', points)).rejects.toThrow(KeyAbsentError);
    await store.close();
  });

  it('makes no key that nobody asked for, and none twice', async () => {
    const store = create();
    await expect(store.evaluate('a', [point])).rejects.toThrow(KeyAbsentError);
    expect(await store.has('a')).toBe(false);
    await store.generate('a');
    await expect(store.generate('a')).rejects.toThrow();
  });

  it('proves its evaluations against the key it publishes', async () => {
    const store = create();
    await store.generate('a');
    if (!store.offersProofs) {
      await expect(store.evaluateVerifiably('a', [point])).rejects.toMatchObject({ kind: 'invalid' });
      return;
    }
    const { elements, mask, masked, proof } = await store.evaluateVerifiably('a', [point]);
    expect(elements.map(hex)).toEqual((await store.evaluate('a', [point])).map(hex));
    expect(verifyMasked(masked, [point], proof)).toBe(true);
    expect(confirmMasked(await store.publicKey('a'), mask, elements, masked)).toBe(true);
  });

  it('has nothing left after destruction, which may be repeated', async () => {
    const store = create();
    await store.generate('a');
    await store.evaluate('a', [point]);
    await store.destroy('a');
    await store.destroy('a');
    await expect(store.evaluate('a', [point])).rejects.toThrow(KeyAbsentError);
    expect(await store.has('a')).toBe(false);
  });
});

describe('keys in files', () => {
  it('are found again by another process, and useless without their key-encryption key or under another label', async () => {
    await fileStore().generate('a');
    const file = join(directory, 'keys/a.json');
    const [first] = await fileStore().evaluate('a', [point]);
    expect((await fileStore().evaluate('a', [point])).map(hex)).toEqual([hex(first ?? point)]);
    const other = fileStore(Buffer.alloc(32, 2).toString('base64'));
    await expect(other.evaluate('a', [point])).rejects.toThrow();
    writeFileSync(join(directory, 'keys/b.json'), readFileSync(file));
    await expect(fileStore().evaluate('b', [point])).rejects.toThrow();
  });

  it('lose their file when they are destroyed', async () => {
    const store = fileStore();
    await store.generate('a');
    await store.destroy('a');
    expect(existsSync(join(directory, 'keys/a.json'))).toBe(false);
  });

  it('are not made without a key-encryption key; the provisioned one is used as before', async () => {
    const store = new FileKeyStore({
      directory: join(directory, 'keys'),
      keyEncryptionKey: undefined,
      secretFile: secretFile(),
    });
    await expect(store.generate('a')).rejects.toThrow(/keyEncryptionKey/);
    const [evaluated] = await store.evaluate(provisionedLabel, [point]);
    expect(encodeBase64Url(evaluated ?? point)).toBe(encodeBase64Url(evaluate(provisioned, point)));
  });

  it('leave the rest of the secret when the provisioned one is destroyed', async () => {
    const store = fileStore();
    await store.evaluate(provisionedLabel, [point]);
    await store.destroy(provisionedLabel);
    await expect(store.evaluate(provisionedLabel, [point])).rejects.toThrow(KeyAbsentError);
    expect(JSON.parse(readFileSync(secretFile(), 'utf8'))).toEqual({ signing: { kty: 'EC' } });
    expect(existsSync(`${secretFile()}.destroyed`)).toBe(false);
  });
});

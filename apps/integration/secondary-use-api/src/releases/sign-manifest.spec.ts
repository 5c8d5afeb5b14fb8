import { createClientKey, publicKeyOf } from '@samenhang/identity';
import { describe, expect, it } from 'vitest';
import { isSigned, signManifest } from './sign-manifest.js';

describe('A signed manifest', () => {
  it('is signed beside its text, by one key, and no other text has that signature', async () => {
    const signing = await createClientKey();
    const signed = await signManifest({ output: 'x', rows: 3 }, signing);
    expect(signed.signature).toMatch(/^[\w-]+\.\.[\w-]+$/);
    const key = publicKeyOf(signing);
    expect(await isSigned(signed, key)).toBe(true);
    expect(await isSigned({ ...signed, manifest: signed.manifest.replace('3', '4') }, key)).toBe(false);
    expect(await isSigned(signed, publicKeyOf(await createClientKey()))).toBe(false);
    const [header = '', , signature = ''] = signed.signature.split('.');
    const attached = `${header}.${Buffer.from(signed.manifest).toString('base64url')}.${signature}`;
    expect(await isSigned({ ...signed, signature: attached }, key)).toBe(false);
  });
});

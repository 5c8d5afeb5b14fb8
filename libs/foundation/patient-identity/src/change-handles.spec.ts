import { describe, expect, it } from 'vitest';
import { getBsn } from './bsn.js';
import { ChangeHandles } from './change-handles.js';

const keyring = Buffer.alloc(32, 1);
const [one, other] = [getBsn('900186021'), getBsn('999901370')];

describe('the handle of a changed patient', () => {
  it('is the same for who has the keyring and who has the secret derived of it', () => {
    const subscriber = new ChangeHandles(ChangeHandles.deriveSecret(keyring));
    expect(subscriber.handleOf(one)).toBe(ChangeHandles.ofKeyring(keyring).handleOf(one));
    expect(subscriber.handleOf(one)).not.toBe(subscriber.handleOf(other));
  });

  it('says nothing under another secret, and neither holds the number nor the keyring', () => {
    expect(ChangeHandles.ofKeyring(Buffer.alloc(32, 2)).handleOf(one)).not.toBe(
      ChangeHandles.ofKeyring(keyring).handleOf(one),
    );
    expect(ChangeHandles.ofKeyring(keyring).handleOf(one)).not.toContain(one);
    expect(ChangeHandles.deriveSecret(keyring).equals(keyring)).toBe(false);
    expect(() => new ChangeHandles(Buffer.alloc(16))).toThrow(RangeError);
  });
});

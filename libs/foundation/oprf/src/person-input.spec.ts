import { describe, expect, it } from 'vitest';
import { decodeScalar } from './group.js';
import { blind, elementOf, evaluate, finalize, unblind } from './oprf.js';
import { derivePersonInput } from './person-input.js';

const hex = (value: Uint8Array) => Buffer.from(value).toString('hex');
const key = decodeScalar(
  Buffer.from('5ebcea5ee37023ccb9fc2d2019f9d7737be85591ae8652ffa9ef0f4d37063b0e', 'hex'),
);
const index = { organisation: 'oin:00000099000000001000', scope: 'nvi' };

describe('pseudonym vectors', () => {
  it.each([
    {
      name: 'BSN, oin recipient',
      person: { landCode: 'NL', type: 'BSN', value: '999990007' },
      recipient: index,
      input: '4d44f2e7d4057f39fd2104824e3fbc854ba88690461aa8a236f01c0869d76aba',
      element: 'ae611d9fb4e354a96fb680addd1b2c9d783bddca2c305609d2d46263d4c40624',
      pseudonym: '960853bc403be4701fc16e9a350399170cab5a34efb4318f1b94fc2ca490cc47',
    },
    {
      name: 'lower-case type, which makes another pseudonym',
      person: { landCode: 'NL', type: 'bsn', value: '999990007' },
      recipient: index,
      input: '7099dadf065efd34d07072c9a4afb3b94f6603d6a9c3ff9ab5ec351330c0a791',
      element: 'd41ffe72fb46f5e750a39ed0d69f85d93b211431d34ca987abf3742115c1166d',
      pseudonym: 'e0d21cb6ce833c4efe3da35be27e79d06903c3e27389f3353a366c78acf18667',
    },
    {
      name: 'BSN, ura recipient',
      person: { landCode: 'NL', type: 'BSN', value: '999940003' },
      recipient: { organisation: 'ura:90000901', scope: 'nationale-verwijsindex' },
      input: 'e96ce9a92e6b5fdf3ba6810b25c152c49c2969f6194e3e43fb050365a7104d9f',
      element: '4cfe4459f0cc841792c6143df65078d7982912a6a6ddd3e0c5b68d2f8f3c5f31',
      pseudonym: '8c4adb03201601f267d72eaa4ee55965e85479e99163ad09f90dff62e114093b',
    },
  ])('$name', ({ person, recipient, input, element, pseudonym }) => {
    const derived = derivePersonInput(person, recipient);
    expect(hex(derived)).toBe(input);
    expect(hex(elementOf(derived))).toBe(element);
    const { blindFactor, blindedElement } = blind(derived);
    expect(hex(unblind(blindFactor, evaluate(key, blindedElement)))).toBe(pseudonym);
  });

  it('reproduces the optional RFC 9497 Finalize of the first', () => {
    const derived = derivePersonInput({ landCode: 'NL', type: 'BSN', value: '999990007' }, index);
    const { blindFactor, blindedElement } = blind(derived);
    expect(hex(finalize(derived, blindFactor, evaluate(key, blindedElement)))).toBe(
      '2c028bb6c7d107d90b34b3fa354e457032d9cf637ec749cfc708f84e3043f7eb9e1031937b0a711c0b04ff39e92a18c6ab739ce3265e6310e3b5755af2872cf6',
    );
  });

  it('does not depend on the order in which the caller wrote the members', () => {
    const reordered = { value: '999990007', type: 'BSN', landCode: 'NL' };
    expect(hex(derivePersonInput(reordered, index))).toMatch(/^4d44f2e7/);
  });
});

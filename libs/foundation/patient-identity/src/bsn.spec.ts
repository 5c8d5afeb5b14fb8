import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findBsn, getBsn, passesElevenTest } from './bsn.js';

describe('eleven-test', () => {
  it.each(['900186021', '999901370', '999911120', '999990007'])('accepts %s', (digits) => {
    expect(passesElevenTest(digits)).toBe(true);
  });

  it.each(['999940003', '123456789', '000000000', '90018602', '9001860211', '90018602a', ''])(
    'refuses %s',
    (digits) => {
      expect(passesElevenTest(digits)).toBe(false);
    },
  );

  it('catches every change of a single digit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 1, max: 9 }), (position, shift) => {
        const digits = [...'900186021'];
        digits[position] = String((Number(digits[position]) + shift) % 10);
        return !passesElevenTest(digits.join(''));
      }),
    );
  });

  it('restores a lost leading zero and names no value in its error', () => {
    expect(findBsn('10000008')).toBe(passesElevenTest('010000008') ? '010000008' : undefined);
    expect(() => getBsn('123456789')).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('123456789') }),
    );
  });
});

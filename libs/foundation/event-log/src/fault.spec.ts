import { Failure } from '@samenhang/errors';
import { describe, expect, it } from 'vitest';
import { describeFault, isTransient } from './fault.js';
import { TransientError } from './port.js';

const databaseError = (code: string, message = 'x'): Error =>
  Object.assign(new Error(message), { code, table: 'patient' });

describe('isTransient', () => {
  it.each([
    ['a TransientError', new TransientError('down')],
    ['a deadlock', databaseError('40P01')],
    ['a serialisation failure', databaseError('40001')],
    ['a database that restarts', databaseError('57P01')],
    ['a lost connection', new Error('Connection terminated unexpectedly')],
    ['a refused connection', databaseError('ECONNREFUSED')],
    ['a service that is away', new Failure('unavailable')],
    ['a cause that is transient', new Error('wrapped', { cause: new TransientError('down') })],
  ])('says yes to %s', (_name, fault) => expect(isTransient(fault)).toBe(true));

  it.each([
    ['a programming error', new TypeError('x is not a function')],
    ['a violated constraint', databaseError('23505')],
    ['a refusal', new Failure('invalid')],
    ['something that is no Error', 'down'],
  ])('says no to %s', (_name, fault) => expect(isTransient(fault)).toBe(false));
});

describe('describeFault', () => {
  it.each([
    [new Error('no patient 900186021 here'), 'Error: no patient … here'],
    [
      databaseError('22P02', 'invalid input syntax for type integer: "Jansen"'),
      'Error: SQLSTATE 22P02 (patient)',
    ],
    [
      new SyntaxError('Unexpected token J, "Jansen" is not valid JSON'),
      'SyntaxError: the text cannot be parsed',
    ],
    [{ secret: 1 }, 'Error: something that is no Error was thrown'],
  ])('never quotes patient data', (fault, text) => expect(describeFault(fault)).toBe(text));
});

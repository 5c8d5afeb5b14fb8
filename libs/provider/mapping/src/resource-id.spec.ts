import fc from 'fast-check';
import { getUra, type SourceId } from '@samenhang/data-model';
import { expect, it } from 'vitest';
import { resourceId, uuidV5 } from './resource-id.js';

it('is a UUID of version 5 and the RFC 9562 variant', () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      expect(uuidV5(name)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }),
  );
});

it('stays what it is: ids that were given are in records and in other systems', () => {
  expect(
    resourceId(
      getUra('22222222'),
      'epd' as SourceId,
      'Patient',
      'identifier:https://noord.example/patients|1234567',
    ),
  ).toBe('5732b74c-a496-5eff-a01f-18e9bf108379');
});

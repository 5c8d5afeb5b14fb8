import { getUra } from '@samenhang/data-model';
import { validateResource } from '@samenhang/fhir-r4';
import { getBsn } from '@samenhang/patient-identity';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNotification, writeNotification } from './notification.js';
import { readSubscription, writeSubscription } from './subscription.js';

const patient = getBsn('900186021');
const holder = getUra('22222222');
const subscription = {
  patient,
  holder,
  holderType: 'V4',
  endpoint: 'https://node.example/mitz/notifications/1',
  header: 'Authorization: Bearer secret',
};
const notification = { patient, holder, status: 'inactive', at: new Date('2026-12-01T10:00:00Z') } as const;

describe('a subscription', () => {
  it('is valid FHIR, and read as it was written', () => {
    const written = writeSubscription(subscription);
    expect(validateResource(written)).toEqual([]);
    expect(readSubscription(written)).toEqual(subscription);
    expect(written).toMatchObject({
      criteria: 'Consent?_query=otv&patientid=900186021&providerid=22222222&providertype=V4',
    });
  });

  it.each<[string, object]>([
    ['of another reason', { reason: 'other' }],
    ['of all patients', { criteria: 'Consent?_query=otv&providerid=22222222&providertype=V4' }],
    [
      'by mail',
      { channel: { type: 'email', endpoint: 'mailto:x@y.example', payload: 'application/fhir+json' } },
    ],
    [
      'with a header that is two',
      {
        channel: {
          type: 'rest-hook',
          endpoint: 'https://x.example',
          payload: 'application/fhir+json',
          header: ['A: b\r\nC: d'],
        },
      },
    ],
  ])('%s is none', (_name, change) => {
    expect(readSubscription({ ...writeSubscription(subscription), ...change })).toBeUndefined();
  });
});

describe('a notification', () => {
  it('is valid FHIR, and read as it was written', () => {
    const written = writeNotification(notification);
    expect(validateResource(written)).toEqual([]);
    expect(readNotification(written)).toEqual(notification);
  });

  it('of two patients, of none, or of no time is none', () => {
    const { entry, ...rest } = writeNotification(notification) as { entry: { resource: object }[] };
    const without = (name: string) =>
      entry.filter(({ resource }) => !JSON.stringify(resource).includes(`"${name}"`));
    expect(readNotification({ ...rest, entry: [...entry, entry[1]] })).toBeUndefined();
    expect(readNotification({ ...rest, entry: without('Patient') })).toBeUndefined();
    expect(readNotification({ ...rest, entry: without('Organization') })).toBeUndefined();
    expect(readNotification({ ...rest, entry, timestamp: 'soon' })).toBeUndefined();
  });

  it('is never anything but read or refused', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        expect(readSubscription(body)).toBeUndefined();
        expect(readNotification(body)).toBeUndefined();
      }),
    );
  });
});

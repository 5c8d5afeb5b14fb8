import { Failure } from '@samenhang/errors';
import { validateResource } from '@samenhang/fhir-r4';
import { describe, expect, it } from 'vitest';
import { delegatedEntry, everyEntry, fullEntry } from '../test/access-entries.js';
import { recordAccess, toAuditRecorded } from './record-access.js';
import { toAuditEvent } from './to-audit-event.js';

const id = '7d3a2c62-6c3b-4b5e-9f43-0d2f5f0f1a11';

describe('an AuditEvent', () => {
  it('says who, on whose behalf, by which systems, about whom, what, when, why and with what outcome', () => {
    expect(toAuditEvent(fullEntry, id)).toMatchObject({
      resourceType: 'AuditEvent',
      id,
      action: 'E',
      recorded: '2026-12-01T10:00:00.000Z',
      outcome: '0',
      outcomeDesc: 'allowed, permit',
      purposeOfEvent: [{ coding: [{ code: 'TREAT' }] }],
      agent: [
        {
          who: { identifier: { value: '000095254' } },
          role: [{ coding: [{ code: '01.015' }] }],
          requestor: true,
        },
        { who: { identifier: { value: '11111111' } }, role: [{ coding: [{ code: 'Z3' }] }] },
        { who: { identifier: { value: 'viewer' } }, requestor: false },
        { who: { identifier: { value: 'query-api' } } },
        { who: { identifier: { value: '22222222' }, display: 'record' } },
      ],
      source: { observer: { display: 'record' } },
      entity: [
        { what: { identifier: { value: '900186021' } }, role: { code: '1' } },
        { what: { identifier: { value: '22222222' } } },
        { role: { code: '24' }, query: Buffer.from('Condition?_count=50').toString('base64') },
        { what: { identifier: { value: '4bf92f3577b34da6a3ce929d0e0e4736' } } },
      ],
    });
  });

  it('names who acts by mandate and for whom, and flags an emergency with its reason', () => {
    const event = toAuditEvent(delegatedEntry, id);
    expect(event).toMatchObject({
      purposeOfEvent: [{ coding: [{ code: 'ETREAT' }] }],
      agent: [
        { who: { identifier: { value: '900000057' } }, requestor: true },
        { who: { identifier: { value: '000095254' } }, requestor: false },
        {},
        {},
        {},
      ],
    });
    const details = (event['entity'] as { detail?: { type: string; valueString: string }[] }[]).flatMap(
      ({ detail = [] }) => detail.map(({ type, valueString }) => [type, valueString]),
    );
    expect(details).toEqual([
      ['emergency', 'true'],
      ['emergency-access', 'e-1'],
      ['emergency-reason', 'Unconscious on arrival'],
    ]);
  });

  it.each(everyEntry.map((entry) => [`${entry.activity}, ${entry.outcome}`, entry] as const))(
    'is valid R4: %s',
    (_, entry) => {
      expect(validateResource(toAuditEvent(entry, id))).toEqual([]);
    },
  );

  it('holds no token', () => {
    for (const entry of everyEntry)
      expect(JSON.stringify(toAuditEvent(entry, id))).not.toContain('never in the event');
  });
});

describe('the event on the log', () => {
  it('belongs to the custodian, under a key that says nothing', () => {
    const event = toAuditRecorded(fullEntry);
    expect(event.tenant).toBe('22222222');
    expect(event.key).toMatch(/^[\da-f-]{36}$/);
    expect(JSON.stringify({ ...event, payload: undefined })).not.toContain('900186021');
  });

  it('that cannot be published makes the access refused', async () => {
    const outbox = { publish: () => Promise.reject(new Error('log down')) };
    const transaction = { query: () => Promise.resolve([]) };
    const recording = recordAccess(outbox, transaction, fullEntry);
    await expect(recording).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(recording).rejects.toBeInstanceOf(Failure);
  });
});

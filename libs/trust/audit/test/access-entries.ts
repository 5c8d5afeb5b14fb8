import { getUra, identifierSystems } from '@samenhang/data-model';
import type { AccessActivity, AccessEntry } from '../src/index.js';

const activities: readonly AccessActivity[] = [
  'query',
  'read',
  'localise',
  'register',
  'deregister',
  'evaluate',
  'ingest',
  'administer',
  'audit-read',
  'consent-question',
  'consent-change',
  'emergency-declaration',
  'alarm',
];

export const fullEntry: AccessEntry = {
  activity: 'query',
  outcome: 'success',
  who: {
    clientId: 'viewer',
    actor: { clientId: 'query-api' },
    scopes: new Set(['holder:read']),
    organisation: { ura: getUra('11111111'), facilityType: 'Z3' },
    professional: { id: '000095254', roleCode: '01.015' },
    purposeOfUse: 'TREAT',
    treatmentRelation: 'asserted',
    tokenId: 'V1StGXR8_Z5jdHi6B-myT',
    accessToken: 'never in the event',
  },
  patient: { system: identifierSystems.bsn, value: '900186021' },
  custodian: getUra('22222222'),
  detail: { resourceTypes: ['Condition'], query: 'Condition?_count=50', reasons: ['allowed', 'permit'] },
  observer: 'record',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  at: new Date('2026-12-01T10:00:00Z'),
};

/** An assistant acts for the general practitioner, in a declared emergency. */
export const delegatedEntry: AccessEntry = {
  ...fullEntry,
  who: {
    clientId: 'viewer',
    scopes: new Set(['holder:read']),
    organisation: { ura: getUra('11111111'), facilityType: 'Z3' },
    professional: { id: '000095254', roleCode: '01.015' },
    delegate: { id: '900000057', roleCode: '85.000' },
    purposeOfUse: 'ETREAT',
    emergency: { id: 'e-1', until: 1_796_119_200 },
    tokenId: 't',
    accessToken: 'never in the event',
  },
  detail: { emergencyReason: 'Unconscious on arrival' },
};

/** Every kind of entry, from the fullest to the barest. */
export const everyEntry: readonly AccessEntry[] = [
  delegatedEntry,
  ...activities.map((activity): AccessEntry => ({ ...fullEntry, activity })),
  { ...fullEntry, outcome: 'denied', detail: { reasons: ['no_treatment_relation'] } },
  {
    activity: 'localise',
    outcome: 'failed',
    who: { clientId: 'x', scopes: new Set(), tokenId: 't', accessToken: 'never in the event' },
    detail: {},
  },
  { activity: 'ingest', outcome: 'success', who: { service: 'registrar' }, detail: {} },
];

import { describe, expect, it } from 'vitest';
import { fhirR4Api, selectEndpoint, type EndpointShape } from './endpoint-selection.js';

const now = new Date('2026-11-22T12:00:00Z');
const endpoint = (changes: Partial<EndpointShape> = {}): EndpointShape => ({
  resourceType: 'Endpoint',
  status: 'active',
  connectionType: { code: 'hl7-fhir-rest' },
  payloadMimeType: ['application/fhir+json; fhirVersion=4.0'],
  address: 'https://holder.example/fhir',
  ...changes,
});
const select = (...endpoints: EndpointShape[]) => selectEndpoint(endpoints, fhirR4Api, now);

describe('endpoint selection (addressing guide)', () => {
  it('takes an active endpoint of the FHIR R4 API', () => {
    expect(select(endpoint())?.address).toBe('https://holder.example/fhir');
  });

  it.each([
    ['status off', { status: 'off' }],
    ['another connection type', { connectionType: { code: 'ihe-xds' } }],
    ['another FHIR version', { payloadMimeType: ['application/fhir+json; fhirVersion=3.0'] }],
    ['no media type', { payloadMimeType: [] }],
    ['a period that has not begun', { period: { start: '2026-11-22T12:00:01Z' } }],
    ['a period that ends now', { period: { end: '2026-11-22T12:00:00Z' } }],
    ['a start that cannot be read', { period: { start: 'soon' } }],
    ['an end that cannot be read', { period: { end: 'later' } }],
  ])('skips %s', (_name, changes) => {
    expect(select(endpoint(changes))).toBeUndefined();
  });

  it('includes the start of a period', () => {
    expect(select(endpoint({ period: { start: '2026-11-22T12:00:00Z' } }))).toBeDefined();
  });

  it('compares media types without regard to space, case and quotes', () => {
    expect(select(endpoint({ payloadMimeType: ['Application/FHIR+json;fhirVersion="4.0"'] }))).toBeDefined();
  });

  it('prefers the latest start when two are valid at once', () => {
    const older = endpoint({ address: 'https://old.example', period: { start: '2025-01-01' } });
    const newer = endpoint({ address: 'https://new.example', period: { start: '2026-01-01' } });
    expect(select(older, newer, endpoint({ address: 'https://ever.example' }))?.address).toBe(
      'https://new.example',
    );
  });

  it('asks for a payload type when one is wanted', () => {
    const wanted = { ...fhirR4Api, payloadType: 'ObservationLaboratory' };
    const declared = endpoint({ payloadType: [{ coding: [{ code: 'ObservationLaboratory' }] }] });
    expect(selectEndpoint([endpoint()], wanted, now)).toBeUndefined();
    expect(selectEndpoint([declared], wanted, now)).toBe(declared);
  });
});

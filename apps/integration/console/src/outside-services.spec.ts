import type { ServiceHealth } from '@samenhang/service-calls';
import { describe, expect, it } from 'vitest';
import { outsideServicesOf } from './outside-services.js';

type Part = Partial<ServiceHealth> & Pick<ServiceHealth, 'service'>;

const consentOf = (...parts: Part[]) =>
  outsideServicesOf(
    parts.map((part) => ({ state: 'ready', counts: {}, lag: [], problems: [], ...part })),
  ).find(({ name }) => name === 'consent-register');

describe('a service outside', () => {
  it('fails when who asks it says so, whatever it says itself', () => {
    const problem = { code: 'consent-unreachable', text: 'No answer', since: '2026-11-22T10:00:00Z' };
    expect(
      consentOf({ service: 'record', problems: [problem] }, { service: 'consent-register' }),
    ).toMatchObject({ state: 'failing', problems: [{ service: 'record', text: 'No answer' }] });
    expect(consentOf({ service: 'record' }, { service: 'consent-register', state: 'not-ready' })?.state).toBe(
      'failing',
    );
  });

  it('answers when it is ready, and is not said to when it cannot be asked', () => {
    expect(consentOf({ service: 'record' }, { service: 'consent-register' })?.state).toBe('answers');
    const away = { service: 'consent-register', state: 'unreachable' } as const;
    expect(consentOf({ service: 'record' }, away)?.state).toBe('no-fault');
    expect(consentOf({ service: 'record', state: 'unreachable' }, away)?.state).toBe('unknown');
    expect(consentOf()?.state).toBe('unknown');
  });
});

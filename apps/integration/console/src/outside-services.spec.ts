import type { ServiceHealth } from '@samenhang/service-calls';
import { describe, expect, it } from 'vitest';
import { outsideServicesOf } from './outside-services.js';

type Part = Partial<ServiceHealth> & Pick<ServiceHealth, 'service'>;

const allOf = (...parts: Part[]) =>
  outsideServicesOf(
    parts.map((part) => ({ state: 'ready', counts: {}, lag: [], outside: [], problems: [], ...part })),
  );
const consentOf = (...parts: Part[]) => allOf(...parts).find(({ name }) => name === 'consent-register');

describe('a service outside', () => {
  it('fails when who asks it says so, whatever it says itself', () => {
    const problem = {
      code: 'consent-unreachable',
      text: 'No answer',
      outside: 'consent-register',
      since: '2026-11-22T10:00:00Z',
    };
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
    const asks = (state: 'answers' | 'unknown') =>
      ({ service: 'query-api', outside: [{ name: 'consent-register', state }] }) as const;
    expect(consentOf(asks('answers'), away)?.state).toBe('no-fault');
    expect(consentOf(asks('unknown'), away)?.state).toBe('unknown');
    expect(consentOf({ service: 'record' }, away)?.state).toBe('unknown');
    expect(consentOf()?.state).toBe('unknown');
  });

  it('is shown when somebody asks it, if not everybody has one', () => {
    const names = (...parts: Part[]) => allOf(...parts).map(({ name }) => name);
    expect(names({ service: 'normalise' })).not.toContain('terminology');
    expect(names({ service: 'normalise', outside: [{ name: 'terminology', state: 'answers' }] })).toContain(
      'terminology',
    );
    const text = '1 of 2';
    const problem = { code: 'outside-failing', text, outside: 'transfer-peers' };
    expect(allOf({ service: 'transfer', problems: [problem] })).toContainEqual({
      name: 'transfer-peers',
      state: 'failing',
      problems: [{ service: 'transfer', text }],
    });
  });
});

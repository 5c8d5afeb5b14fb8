import { expect, vi } from 'vitest';
import type { HeldPerson } from './research-platform.js';
import {
  assessor,
  checker,
  researcher,
  type Answer,
  type RunningSecondaryUseApi,
} from './running-secondary-use-api.js';

export const noord = '22222222';
export const zuid = '44444444';
export const DIABETES = '44054006';
export const RARE = '58756001';
export const PATIENCE = { timeout: 60_000, interval: 50 };

export function people(from: number, until: number): HeldPerson[] {
  return Array.from({ length: until - from }, (_, index) => {
    const ordinal = from + index;
    const codes = [...(ordinal % 2 === 0 ? [DIABETES] : ['38341003']), ...(ordinal < 3 ? [RARE] : [])];
    const gender = ordinal % 3 === 0 ? 'male' : 'female';
    return { bsn: String(900_000_000 + ordinal), gender, birthDate: `19${50 + (ordinal % 4)}`, codes };
  });
}

export const application = {
  title: 'Diabetes',
  purpose: 'scientific-research',
  datasets: [
    { type: 'Patient', elements: ['gender', 'birthDate'] },
    { type: 'Condition', elements: ['code'] },
  ],
  custodians: [noord, zuid],
  period: { from: '2025-01-01', until: '2027-01-01' },
  dates: 'year',
  outputKind: 'anonymised',
};

export const table = {
  view: {
    resource: 'Patient',
    select: [
      {
        column: [
          { name: 'person', path: 'getResourceKey()' },
          { name: 'gender', path: 'gender' },
          { name: 'birth_year', path: 'birthDate' },
        ],
      },
    ],
  },
  person: 'person',
  known: [
    { column: 'gender', coarsening: 'list', values: ['female', 'male'] },
    { column: 'birth_year', coarsening: 'date' },
  ],
};

/** What a project does, from its application to what is released. */
export interface ProjectDesk {
  use(path: string, body?: unknown, organisation?: string): Promise<Answer>;
  check(path: string, body?: unknown, organisation?: string): Promise<Answer>;
  assess(id: string, act: string, organisation?: string): Promise<Answer>;
  applied(changes?: object, organisation?: string): Promise<string>;
  granted(changes?: object, organisation?: string): Promise<string>;
  ended(permit: string, request?: object): Promise<Answer>;
  released(permit: string, request?: object): Promise<string>;
}

export function deskAt(api: RunningSecondaryUseApi): ProjectDesk {
  const use = (path: string, body?: unknown, organisation = researcher): Promise<Answer> =>
    api.ask('research:use', organisation, path, body);
  const check = (path: string, body?: unknown, organisation = checker): Promise<Answer> =>
    api.ask('research:check', organisation, path, body);
  const assess = (id: string, act: string, organisation = assessor): Promise<Answer> => {
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    return api.ask('research:assess', organisation, `/assessment/permits/${id}/${act}`, { expiresAt });
  };

  const applied = async (changes: object = {}, organisation = researcher): Promise<string> => {
    const { status, body, text } = await use('/permits', { ...application, ...changes }, organisation);
    expect(status, text).toBe(201);
    return String(body['id']);
  };

  const granted = async (changes: object = {}, organisation = researcher): Promise<string> => {
    const id = await applied(changes, organisation);
    const { status, text } = await assess(id, 'grant');
    expect(status, text).toBe(200);
    return id;
  };

  const ended = async (permit: string, request: object = table): Promise<Answer> => {
    const requested = await use(`/permits/${permit}/outputs`, request);
    expect(requested.status, requested.text).toBe(202);
    const path = `/outputs/${String(requested.body['id'])}`;
    await vi.waitFor(async () => expect((await use(path)).body['status']).not.toBe('running'), PATIENCE);
    return use(path);
  };

  const released = async (permit: string, request: object = table): Promise<string> => {
    const output = await ended(permit, request);
    expect(output.body['status'], output.text).toBe('checking');
    const id = String(output.body['id']);
    const verdict = await check(`/checks/outputs/${id}/release`, {});
    expect(verdict.status, verdict.text).toBe(200);
    return id;
  };
  return { use, check, assess, applied, granted, ended, released };
}

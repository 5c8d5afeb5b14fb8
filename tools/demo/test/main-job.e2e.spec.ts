import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { freePortBase } from '../src/free-port-base.js';
import { scratchDirectory } from './scratch-directory.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const scratch = scratchDirectory('start');
const portBase = await freePortBase();
const otherBase = await freePortBase();
afterAll(() => scratch.remove());

interface Summary {
  providers: number;
  messages: { received: number; quarantined: number };
  resources: number;
  localisationRecords: number;
  auditEvents: number;
  view: { sources: { custodian: string; status: string }[]; facts: number; milliseconds: number };
}

function start(...parameters: string[]): { status: number | null; summary: Summary; stderr: string } {
  const result = spawnSync(
    process.execPath,
    [
      'tools/start.mjs',
      '--once',
      '--json',
      '--port-base',
      String(portBase),
      '--data-dir',
      scratch.path,
      ...parameters,
    ],
    {
      cwd: root,
      encoding: 'utf8',
      timeout: 240_000,
    },
  );
  const lastLine = result.stdout.trimEnd().split('\n').at(-1) ?? '';
  return { status: result.status, summary: JSON.parse(lastLine || '{}') as Summary, stderr: result.stderr };
}

describe('npm start -- --once --json', () => {
  let first: Summary;

  it('runs the main job on the four demo providers', { timeout: 300_000 }, () => {
    const { status, summary, stderr } = start();
    expect(status, stderr).toBe(0);
    expect(summary.providers).toBe(4);
    expect(summary.messages.received).toBeGreaterThan(40);
    expect(summary.messages.quarantined).toBe(1);
    expect(summary.resources).toBeGreaterThan(80);
    expect(summary.localisationRecords).toBeGreaterThan(40);
    expect(summary.auditEvents).toBeGreaterThan(10);
    expect(summary.view.sources).toEqual(
      ['11111111', '22222222', '33333333', '44444444'].map((custodian) => ({ custodian, status: 'ok' })),
    );
    expect(summary.view.facts).toBeGreaterThan(10);
    first = summary;
  });

  it(
    'keeps the data: a second run adds nothing to record, index and quarantine',
    { timeout: 120_000 },
    () => {
      const { status, summary, stderr } = start();
      expect(status, stderr).toBe(0);
      expect(summary).toMatchObject({
        messages: first.messages,
        resources: first.resources,
        localisationRecords: first.localisationRecords,
        view: { facts: first.view.facts },
      });
    },
  );

  it('says clearly why it cannot start when its ports are taken', { timeout: 60_000 }, async () => {
    const blocker = createServer().listen(otherBase + 30, '127.0.0.1');
    await once(blocker, 'listening');
    const taken = spawnSync(
      process.execPath,
      ['tools/start.mjs', '--once', '--port-base', String(otherBase), '--data-dir', `${scratch.path}/other`],
      {
        cwd: root,
        encoding: 'utf8',
        timeout: 60_000,
      },
    );
    blocker.close();
    expect(taken.status).toBe(1);
    expect(taken.stderr).toContain(`Port ${otherBase + 30} is in use by another program`);
  });

  it('refuses options it does not know with a usage line and exit code 2', () => {
    const wrong = spawnSync(process.execPath, ['tools/start.mjs', '--nonsense'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain('Usage: npm start');
  });
});

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { freePortBase } from '@samenhang/demo';
import type { AcceptanceReport, ScenarioResult } from '../src/index.js';
import { knownGaps } from '../src/known-gaps.js';
import { scenarios } from '../src/scenarios.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const PATIENCE_MS = 900_000;

let report: AcceptanceReport;

/** The command itself, in a process of its own: it moves the clock of whatever it runs in. */
async function runCommand(): Promise<AcceptanceReport> {
  const portBase = await freePortBase();
  const parameters = ['tools/run.mjs', 'acceptance', '--json', '--port-base', String(portBase)];
  const child = spawn(process.execPath, parameters, { cwd: join(root), stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  for await (const chunk of child.stdout) output += String(chunk);
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as AcceptanceReport;
}

beforeAll(async () => {
  report = await runCommand();
}, PATIENCE_MS);

function resultOf(id: number): ScenarioResult | undefined {
  return report.scenarios.find((result) => result.id === id);
}

describe('the acceptance scenarios', () => {
  it('are all told, numbered from 1 to 35, and counted', () => {
    expect(report.scenarios.map(({ id }) => id)).toEqual(Array.from({ length: 35 }, (_, index) => index + 1));
    expect(report.passed + report.failed).toBe(35);
    expect(report.passed).toBe(report.scenarios.filter(({ result }) => result === 'passed').length);
  });

  it.each(scenarios.filter(({ id }) => !knownGaps.has(id)))('$id $title', ({ id }) => {
    expect(resultOf(id)).toMatchObject({ result: 'passed' });
  });

  it.each(scenarios.filter(({ id }) => knownGaps.has(id)))('$id $title: known to fail', ({ id }) => {
    expect(resultOf(id)).toMatchObject({ result: 'failed', reason: expect.any(String) as string });
  });
});

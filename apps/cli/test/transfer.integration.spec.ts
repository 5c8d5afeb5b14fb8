import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSamenhang, type CommandResult } from './run-samenhang.js';
import { StandInInstallation } from './stand-in-installation.js';
import { someId } from './stand-in-transfers.js';

let installation: StandInInstallation;
beforeAll(async () => {
  installation = await StandInInstallation.start();
});
afterAll(() => installation?.close());

const transfer = (parameters: readonly string[], input = ''): Promise<CommandResult> =>
  runSamenhang([...installation.options, 'transfer', ...parameters, '--organisation', '22222222'], input);

// Each command is a process of its own, which takes its time on a busy machine.
describe('transfers on the command line', { timeout: 300_000 }, () => {
  it('are offered from a file or standard input, and listed', async () => {
    const request = { kind: 'referral', receivers: ['11111111'] };
    const file = join(installation.dataDirectory, 'offer.json');
    await writeFile(file, JSON.stringify(request));
    expect((await transfer(['offer', file])).output).toContain('1 of 1');
    expect((await transfer(['offer', '-'], JSON.stringify(request))).exitCode).toBe(0);
    expect(installation.transferRequests).toEqual([request, request]);
    expect(installation.tokenRequests.at(-1)).toMatchObject({
      organization_id: '22222222',
      scope: 'transfer:manage',
    });
    const { output, exitCode } = await transfer(['list']);
    expect(exitCode).toBe(0);
    expect(output).toMatch(/TRANSFER .*TOLD\n.*referral .*11111111 .*requested/);
    expect((await transfer(['offer', '/absent'])).exitCode).toBe(2);
  });

  it('say what went wrong with one', async () => {
    const { exitCode, problems } = await transfer(['show', someId]);
    expect(exitCode).toBe(1);
    expect(problems).toContain('11111111: Not addressable');
    expect(problems).toContain('11111111: pull-notification, 20 attempts: cannot be reached');
    expect((await transfer(['show', 'no id'])).exitCode).toBe(2);
  });

  it('are withdrawn, and decided between candidates', async () => {
    await transfer(['cancel', someId, '--reason', 'Niet meer nodig']);
    await transfer(['select', someId, someId]);
    expect(installation.transferRequests.slice(-2)).toEqual([
      ['cancel', { reason: 'Niet meer nodig' }],
      ['select', { task: someId }],
    ]);
  });

  it('are received: seen, pulled, answered', async () => {
    expect((await transfer(['inbox'])).exitCode).toBe(0);
    const shown = await transfer(['inbox', someId]);
    expect(shown.exitCode).toBe(1);
    expect(shown.output).toContain('failed Condition/2: status 404');
    expect(shown.problems).toContain('1 of 2 could not be pulled');
    expect((await transfer(['pull', someId, '--json'])).output).toContain('"pull":"waiting"');
    await transfer(['accept', someId]);
    await transfer(['step', someId, 'rejected', '--reason', 'Vol']);
    expect(installation.transferRequests.slice(-3)).toEqual([
      ['pull', {}],
      ['steps', { status: 'accepted' }],
      ['steps', { status: 'rejected', reason: 'Vol' }],
    ]);
  });
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createList, listOf } from './index-requests.js';
import { startIndex, type RunningIndex } from './running-index.js';
import { sealToken, type TokenOptions } from './sealed-token.js';

const directory = mkdtempSync(join(tmpdir(), 'reference-index-log-'));
const logFile = join(directory, 'index.log');
const warnings = (): string[] =>
  readFileSync(logFile, 'utf8')
    .split('\n')
    .filter((line) => line.includes('ACCEPT_UNSIGNED_EVALUATIONS'));

let index: RunningIndex;
beforeAll(async () => {
  index = await startIndex({
    ACCEPT_UNSIGNED_EVALUATIONS: 'true',
    LOG_LEVEL: 'warn',
    LOG_FILE: logFile,
  });
});
afterAll(async () => {
  await index.stop();
  rmSync(directory, { recursive: true });
});

const send = async (options: TokenOptions): Promise<number> =>
  (await createList(index, listOf((await sealToken(index, '999990007', options)).text))).status;

describe('interoperability with unsigned evaluations, when it is switched on', () => {
  it('accepts them, and signed ones for the same person under the same pseudonym', async () => {
    expect(await send({ unsigned: true })).toBe(201);
    expect(await send({})).toBe(409);
  });

  it('still wants the right audience and scope, and a token that has not expired', async () => {
    expect(await send({ unsigned: true, audience: 'oin:00000099000000009999' })).toBe(400);
    expect(await send({ unsigned: true, scope: 'other' })).toBe(400);
    expect(await send({ unsigned: true, expiresInSeconds: -60 })).toBe(400);
  });

  it('still takes each once', async () => {
    const { text } = await sealToken(index, '999911120', { unsigned: true });
    expect((await createList(index, listOf(text))).status).toBe(201);
    expect((await createList(index, listOf(text, {}, 'Patient'))).status).toBe(400);
  });

  it('is told at the start and at each use', async () => {
    await expect.poll(() => warnings().length).toBeGreaterThan(0);
    const before = warnings().length;
    await send({ unsigned: true });
    await expect.poll(() => warnings().length).toBe(before + 1);
  });
});

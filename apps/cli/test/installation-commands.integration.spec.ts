import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSamenhang } from './run-samenhang.js';
import { StandInInstallation } from './stand-in-installation.js';

const bsn = '900186021';
let installation: StandInInstallation;
beforeAll(async () => {
  installation = await StandInInstallation.start();
});
afterAll(() => installation.close());

const samenhang = (parameters: readonly string[], input?: string) =>
  runSamenhang([...parameters, ...installation.options], input);

const view = {
  resourceType: 'Bundle',
  type: 'searchset',
  entry: [
    {
      fullUrl: 'https://h.example/Condition/c',
      search: { mode: 'match' },
      resource: {
        resourceType: 'Condition',
        id: 'c',
        code: { text: 'Diabetes' },
        onsetDateTime: '2019-03-01',
      },
    },
    {
      search: { mode: 'outcome' },
      resource: {
        resourceType: 'OperationOutcome',
        issue: [
          { severity: 'warning', code: 'timeout', diagnostics: 'Custodian 44444444 did not answer in time' },
        ],
      },
    },
  ],
};

describe('samenhang token', () => {
  it('prints a token for a professional, and with --json the key it is bound to', async () => {
    const plain = await samenhang(['token', '--organisation', '11111111', '--role', '01.015']);
    expect(plain).toMatchObject({ exitCode: 0, output: 'token-11111111\n' });
    const { output } = await samenhang([
      'token',
      '--organisation',
      '11111111',
      '--role',
      '01.015',
      '--scope',
      'audit:read',
      '--audience',
      'http://audit.example',
      '--json',
    ]);
    expect(JSON.parse(output)).toMatchObject({
      accessToken: 'token-11111111',
      tokenType: 'DPoP',
      audience: 'http://audit.example',
      dpopKey: { kty: 'EC', d: expect.any(String) as string },
    });
    expect(installation.tokenRequests.at(-1)).toMatchObject({
      scope: 'audit:read',
      resource: 'http://audit.example',
      dezi_statement: 'statement',
      purpose_of_use: 'TREAT',
      treatment_relation: 'asserted',
    });
  });

  it('acts for the organisation itself without a role', async () => {
    await samenhang(['token', '--organisation', '22222222', '--scope', 'ingest:admin']);
    expect(installation.tokenRequests.at(-1)).not.toHaveProperty('dezi_statement');
  });

  it('says which professionals there are', async () => {
    const { exitCode, problems } = await samenhang([
      'token',
      '--organisation',
      '11111111',
      '--role',
      '99.999',
    ]);
    expect(exitCode).toBe(2);
    expect(problems).toContain('11111111 01.015 (Vos)');
  });
});

describe('samenhang query', () => {
  it('shows facts with what is missing, the BSN from standard input', async () => {
    installation.answer = { status: 200, body: view };
    const { exitCode, output } = await samenhang(['query', '--bsn', '-'], `${bsn}\n`);
    expect(exitCode).toBe(0);
    expect(output).toMatch(/problem +2019-03-01 +Diabetes/);
    expect(output).toContain('MISSING  Custodian 44444444 did not answer in time');
    const json = await samenhang(['query', '--bsn', bsn, '--organisation', '11111111', '--json']);
    expect(JSON.parse(json.output)).toMatchObject({
      problems: [{ label: 'Diabetes' }],
      missing: [{ code: 'timeout' }],
    });
  });

  it('refuses what is no BSN before it calls anybody, and reports a refusal in one line', async () => {
    expect(await samenhang(['query', '--bsn', '123456789'])).toMatchObject({
      exitCode: 2,
      problems: 'samenhang: --bsn must have nine digits that pass the eleven-test\n',
    });
    installation.answer = {
      status: 403,
      body: {
        resourceType: 'OperationOutcome',
        issue: [{ severity: 'error', code: 'forbidden', diagnostics: 'Not this role' }],
      },
    };
    expect(await samenhang(['query', '--bsn', bsn])).toMatchObject({
      exitCode: 1,
      output: '',
      problems: 'samenhang: Not this role\n',
    });
  });
});

describe('samenhang status', () => {
  it('shows what is up and what is down, exit code 1', async () => {
    const { exitCode, output } = await samenhang(['status']);
    expect(exitCode).toBe(1);
    expect(output).toMatch(/query-api +up +views 3 +2 +1 /);
    expect(output).toMatch(/consent-register +DOWN/);
    const json = JSON.parse((await samenhang(['status', '--json'])).output) as {
      services: { service: string; up: boolean }[];
    };
    expect(json.services).toContainEqual(expect.objectContaining({ service: 'ingest', up: true }));
  });
});

describe('samenhang quarantine', () => {
  it('lists all organisations, and finds the owner of an entry', async () => {
    const { exitCode, output } = await samenhang(['quarantine', 'list']);
    expect(exitCode).toBe(0);
    expect(output).toMatch(
      /entry-1 +22222222 +ehr +normalise +bsn-invalid +PID-3 +The BSN fails the eleven-test/,
    );
    expect((await samenhang(['quarantine', 'replay', 'entry-1'])).output).toBe(
      'Replayed as message message-2\n',
    );
    expect((await samenhang(['quarantine', 'list', '--organisation', '11111111'])).output).toBe(
      'The quarantine is empty.\n',
    );
  });

  it('says that there is no such entry', async () => {
    expect(await samenhang(['quarantine', 'replay', 'entry-1', '--organisation', '11111111'])).toMatchObject({
      exitCode: 1,
      problems: 'samenhang: There is no such quarantine entry\n',
    });
  });
});

describe('samenhang sources coverage', () => {
  it('shows what is not used, all pages, of the care provider that has the source', async () => {
    const { exitCode, output } = await samenhang(['sources', 'coverage', 'ehr']);
    expect(exitCode).toBe(0);
    expect(output).toContain('Mapping 1: 9 messages, 2026-01-01 to 2026-01-02');
    expect(output).toMatch(/segment +ADT\^A01 +ZBE +0 +9 +message-1\nsegment +ADT\^A01 +PV2/);
    const all = await samenhang(['sources', 'coverage', 'ehr', '--all', '--json']);
    expect((JSON.parse(all.output) as { entries: unknown[] }).entries).toHaveLength(2);
  });

  it('says that there is no such source', async () => {
    expect(await samenhang(['sources', 'coverage', 'nothing'])).toMatchObject({
      exitCode: 1,
      problems: 'samenhang: There is no source nothing\n',
    });
  });
});

describe('samenhang sources quality', () => {
  it('shows how complete, conformant and timely a source is', async () => {
    const { exitCode, output } = await samenhang(['sources', 'quality', 'ehr']);
    expect(exitCode).toBe(0);
    expect(output).toContain('4 messages mapped, 1 in quarantine');
    expect(output).toMatch(/^Sent again: 3 messages$/m);
    expect(output).toMatch(/Patient +Patient\.Geslacht +75\.0 % +1 +message-1/);
    expect(output).toMatch(/Condition +2 +50\.0 % +unmapped-code 2/);
    const asJson = await samenhang(['sources', 'quality', 'ehr', '--json']);
    expect(JSON.parse(asJson.output)).toMatchObject({ delays: { minute: 4 } });
  });
});

describe('samenhang explain', () => {
  it('finds the care provider that holds the resource, and names message, field, bytes, table and version', async () => {
    const { exitCode, output } = await samenhang(['explain', 'Observation/o1', 'valueQuantity.unit']);
    expect(exitCode).toBe(0);
    expect(output).toContain('Observation/o1 valueQuantity.unit: from the message');
    expect(output).toMatch(/value +OBX-6 +bytes 40 to 46/);
    expect(output).toMatch(/table +units: mmol\/l/);
    expect(output).toContain('was made by mapping 1.');
    const asJson = await samenhang(['explain', 'Observation/o1', 'code', '--json']);
    expect(JSON.parse(asJson.output)).toMatchObject({ path: 'code', from: 'source' });
    const elsewhere = ['explain', 'Observation/o1', 'code', '--organisation', '11111111'];
    expect((await samenhang(elsewhere)).exitCode).toBe(1);
  });
});

describe('samenhang replay', () => {
  it('shows page by page what a replay would change, and fails when messages would be rejected', async () => {
    const options = ['--source', 'ehr', '--type', 'ADT', '--to', '2026-02-01', '--dry-run'];
    const { exitCode, output } = await samenhang(['replay', ...options]);
    expect(exitCode).toBe(1);
    expect(output).toMatch(/message-1 +C1 +changed +Encounter\/e +period\.start/);
    expect(output).toMatch(/message-2 +rejected +bsn-invalid PID-3/);
    expect(output).toContain('2 of 2 messages compared: changed 1, rejected 1');
    expect(installation.replayRequests.at(-1)).toMatchObject({ type: 'ADT', until: '2026-02-01', after: 1 });
  });

  it('sends them on and waits for the end', async () => {
    const { exitCode, output } = await samenhang(['replay', '--source', 'ehr', '--rate', '50', '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ state: 'done', replayed: 7 });
    expect(installation.replayRequests.at(-1)).toEqual({ source: 'ehr', messagesPerSecond: 50 });
    expect((await samenhang(['replay', '--source', 'ehr', '--rate', 'fast'])).exitCode).toBe(2);
    expect((await samenhang(['replay'])).exitCode).toBe(2);
  });
});

describe('samenhang audit verify', () => {
  it('fails, and names the place, when a chain is broken', async () => {
    const { exitCode, output } = await samenhang(['audit', 'verify']);
    expect(exitCode).toBe(1);
    expect(output).toMatch(/22222222\s+9\s+BROKEN at 4/);
    expect(output).toMatch(/11111111\s+7\s+whole\s+(ab){32}/);
    expect(installation.tokenRequests.at(-1)).toMatchObject({ scope: 'audit:read' });
  });

  it('gives the last hash of a whole one, to be kept elsewhere', async () => {
    const { exitCode, output } = await samenhang(['audit', 'verify', '--organisation', '11111111', '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(output)).toEqual({
      chains: [{ stream: '11111111', events: 7, valid: true, lastHash: 'ab'.repeat(32) }],
    });
  });
});

describe('samenhang registrations status', () => {
  it('shows each care provider, and fails when some registrations do', async () => {
    const { exitCode, output, problems } = await samenhang(['registrations', 'status']);
    expect(exitCode).toBe(1);
    expect(output).toMatch(/11111111 +41 +2 +3 +1 +2026-01-01T00:00:00Z +2026-01-02T03:00:00Z +\+5 -4/);
    expect(problems).toContain(
      '22222222: 3 since 2026-01-01T00:00:00Z: The reference index does not allow this',
    );
    expect(problems).not.toContain('11111111');
    expect(installation.tokenRequests.at(-1)).toMatchObject({ scope: 'registrations:read' });
  });

  it('of one care provider as JSON', async () => {
    const { exitCode, output } = await samenhang([
      'registrations',
      'status',
      '--organisation',
      '11111111',
      '--json',
    ]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      organisations: [{ organisation: '11111111', registered: 41 }],
    });
  });
});

describe('an installation that is not there', () => {
  it('is named in one line', async () => {
    const { exitCode, problems } = await runSamenhang([
      'query',
      '--bsn',
      bsn,
      '--data-dir',
      installation.dataDirectory,
      '--port-base',
      '19000',
    ]);
    expect(exitCode).toBe(1);
    expect(problems).toBe(
      'samenhang: The Dezi emulator at http://127.0.0.1:19012 cannot be reached. Is the installation running? (--port-base names it)\n',
    );
    expect((await runSamenhang(['quarantine', 'list', '--data-dir', '/nowhere'])).problems).toContain(
      '/nowhere/secrets/client-demo.json cannot be read'.slice(0, 17),
    );
  });
});

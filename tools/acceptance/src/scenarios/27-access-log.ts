import assert from 'node:assert/strict';
import { identifierSystems } from '@samenhang/data-model';
import { authorisedFetch } from '@samenhang/identity';
import { CitizenDesk } from '../world/citizen-desk.js';
import { readAll, type Answer } from '../world/fhir.js';
import { hospital, patientA, patientB } from '../world/people.js';
import type { Scenario } from '../scenario.js';

interface Log {
  readonly intact: boolean;
  readonly entries: readonly {
    readonly text: string;
    readonly outcome: string;
    readonly emergency: boolean;
  }[];
}

export const accessLog: Scenario = {
  id: 27,
  title: "Patient's access log",
  async story({ given, when, then }, world) {
    await given('A and B were looked at, granted and denied', () => world.settle());
    const ask = () =>
      world.call('audit', 'audit:read', '/fhir/AuditEvent/_search', {
        method: 'POST',
        type: 'application/x-www-form-urlencoded',
        organisation: hospital.ura,
        body: new URLSearchParams([
          ['patient:identifier', `${identifierSystems.bsn}|${patientA}`],
          ['date', 'ge2026-11-01'],
          ['date', 'le2026-12-01'],
          ['_count', '500'],
        ]).toString(),
      });
    const answer = await when('the log of A at hospital Noord is asked for, 2026-11-01 to 12-01', ask);
    const entries =
      (JSON.parse(answer.text) as { entry?: { resource: Record<string, unknown> }[] }).entry ?? [];
    await then('it tells who, when, what and why, granted and denied, and of A only', () => {
      assert.equal(answer.status, 200, answer.text);
      assert.notEqual(entries.length, 0);
      for (const { resource } of entries) {
        assert.ok(resource['agent'] && resource['recorded'] && resource['subtype']);
        assert.ok(!JSON.stringify(resource).includes(patientB), 'It holds something of B');
      }
      const outcomes = new Set(entries.map(({ resource }) => resource['outcome']));
      assert.ok(outcomes.has('0') && outcomes.has('4'), [...outcomes].join());
    });
    await then('that it was looked at is in the log itself', async () => {
      await world.settle();
      const again = (JSON.parse((await ask()).text) as { entry?: { resource: object }[] }).entry ?? [];
      assert.ok(again.some(({ resource }) => JSON.stringify(resource).includes('AuditEvent')));
    });
    await then('the chain holds; an entry that is tampered with is found out', async () => {
      const verify = async (): Promise<{ valid: boolean }> =>
        JSON.parse(
          (await world.call('audit', 'audit:read', '/chain/verification', { organisation: hospital.ura }))
            .text,
        ) as { valid: boolean };
      assert.equal((await verify()).valid, true);
      const change = (content: string): Promise<unknown> =>
        world.installation.query(
          `UPDATE audit.audit_event SET content = ${content} WHERE stream = $1 AND sequence = 2`,
          [hospital.ura],
        );
      await world.installation.query('ALTER TABLE audit.audit_event DISABLE TRIGGER USER');
      await change(`content || ' '`);
      assert.equal((await verify()).valid, false);
      await change('rtrim(content)');
      await world.installation.query('ALTER TABLE audit.audit_event ENABLE TRIGGER USER');
      assert.equal((await verify()).valid, true);
    });
    const desk = new CitizenDesk(world, hospital);
    const token = await given('A logged in, and gave leave to read the log of hospital Noord', async () => {
      const code = await desk.giveLeave(await desk.logIn(patientA));
      assert.ok(code, 'There is no authorisation code');
      const answer = await desk.redeem(code, desk.forLog());
      assert.ok(answer.token, answer.error);
      return answer.token;
    });
    const readLog = async (body: object): Promise<Answer> =>
      readAll(
        await authorisedFetch(token, `${desk.forLog().resource}/access-log`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      );
    const period = { from: '2026-11-01', until: '2027-01-01', language: 'en' };
    const told = await when('A asks who looked, in plain words', () => readLog(period));
    const log = JSON.parse(told.text) as Log;
    await then('it tells so in sentences: granted, refused and in an emergency', () => {
      assert.equal(told.status, 200, told.text);
      assert.ok(log.intact);
      const texts = log.entries.map(({ text }) => text);
      assert.ok(texts.some((text) => text.startsWith('General practitioner 000095254 of general practice')));
      for (const outcome of ['granted', 'denied'])
        assert.ok(
          log.entries.some((entry) => entry.outcome === outcome),
          `Nothing is ${outcome}`,
        );
      assert.ok(!told.text.includes(patientB), 'It holds something of B');
    });
    await then('A cannot ask for the log of B', async () =>
      assert.equal((await readLog({ ...period, bsn: patientB })).status, 400),
    );
    await then('that A read it is in it', async () => {
      await world.settle();
      const again = JSON.parse((await readLog(period)).text) as Log;
      assert.ok(again.entries.some(({ text }) => text.startsWith('You by way of')));
    });
  },
};

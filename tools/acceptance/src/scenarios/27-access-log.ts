import assert from 'node:assert/strict';
import { identifierSystems } from '@samenhang/data-model';
import { hospital, patientA, patientB } from '../world/people.js';
import type { Scenario } from '../scenario.js';

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
    await then('A can read it as plain sentences', async () => {
      const log = await world.call('audit', 'audit:read', '/access-log', {
        method: 'POST',
        organisation: hospital.ura,
        body: { bsn: patientA, from: '2026-11-01', until: '2026-12-01' },
      });
      assert.equal(log.status, 200, 'There is no log that a patient can read yet');
    });
  },
};

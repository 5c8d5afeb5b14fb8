import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { identifierSystems } from '@samenhang/data-model';
import { CitizenDesk } from '../world/citizen-desk.js';
import { bundleOf, resourcesOf, sourcesOf } from '../world/fhir.js';
import { hospital, patientA, patientB } from '../world/people.js';
import type { Scenario } from '../scenario.js';

export const citizen: Scenario = {
  id: 9,
  title: 'Citizen / PGO',
  async story({ given, when, then }, world) {
    const desk = new CitizenDesk(world, hospital);
    const code = await given('patient B logged in and gave leave for hospital Noord, service X', async () =>
      desk.giveLeave(await desk.logIn(patientB)),
    );
    assert.ok(code, 'There is no authorisation code');
    const { token, error } = await desk.redeem(code);
    assert.ok(token, error);
    const ids = { 'medmij-request-id': randomUUID(), 'x-correlation-id': randomUUID() };
    const lookUp = (bsn: string) =>
      world.askHolderWith(token, hospital, {
        method: 'POST',
        path: 'Patient/_search',
        form: [['identifier', `${identifierSystems.bsn}|${bsn}`]],
        headers: ids,
      });
    const before = world.traffic.length;
    const collected = await when('the environment of B collects from the hospital', () => lookUp(patientB));
    await then('it gets the data of B', async () => {
      assert.equal(collected.status, 200, collected.text);
      const [patient] = resourcesOf(bundleOf(collected), 'Patient');
      const path = `Condition?patient=Patient/${patient?.id ?? ''}`;
      const conditions = await world.askHolderWith(token, hospital, { path, headers: ids });
      assert.equal(conditions.status, 200, conditions.text);
      assert.equal(resourcesOf(bundleOf(conditions), 'Condition').length, 1);
    });
    await then('Mitz was not asked', () => {
      const asked = world.traffic.since(before).filter(({ url }) => url.includes('geslotenautorisatievraag'));
      assert.deepEqual(asked, []);
    });
    const other = await when('it asks about A', () => lookUp(patientA));
    await then('the answer is 403', () => assert.equal(other.status, 403, other.text));
    const visit = new CitizenDesk(world, hospital);
    const leave = await given('patient B logged in and gave leave again', async () =>
      visit.giveLeave(await visit.logIn(patientB)),
    );
    const whole = await visit.redeem(leave ?? '', { resource: world.urlOf('query-api'), scope: 'view:read' });
    const own = whole.token;
    assert.ok(own, whole.error);
    const view = await when('B asks for a view of everything', () => world.viewWith(own, patientB));
    await then('B gets what the hospital holds, and it says so', () => {
      assert.equal(view.status, 200, view.text);
      assert.equal(resourcesOf(bundleOf(view), 'Condition').length, 1);
      assert.deepEqual([...sourcesOf(bundleOf(view))], [[hospital.ura, 'ok']]);
    });
    const stranger = await when('B asks for the view of A', () => world.viewWith(own, patientA));
    await then('that is refused', () => assert.equal(stranger.status, 403, stranger.text));
    const again = await when('the authorisation code is used a second time', () => desk.redeem(code));
    await then('the answer is invalid_grant', () => assert.equal(again.error, 'invalid_grant'));
    const late = new CitizenDesk(world, hospital);
    const page = await given('B logged in again, and waits for a quarter of an hour', async () => {
      const shown = await late.logIn(patientB);
      world.clock.advance(15 * 60_000);
      await world.installation.query(
        `UPDATE authorisation_server.artifact SET expires_at = expires_at - interval '15 minutes'`,
      );
      return shown;
    });
    const lateCode = await when('leave is given then', () => late.giveLeave(page));
    await then('it is refused', () => assert.equal(lateCode, undefined));
    await then('MedMij-Request-ID and X-Correlation-ID are in the log', () => {
      const log = readFileSync(join(world.installation.dataDirectory, 'log', 'record.log'), 'utf8');
      for (const [name, id] of Object.entries(ids)) assert.ok(log.includes(id), `${name} is not in the log`);
    });
  },
};

import assert from 'node:assert/strict';
import { identifierSystems } from '@samenhang/data-model';
import { hospital, nursingHome, patientB } from '../world/people.js';
import type { Scenario } from '../scenario.js';

const taskCode = 'http://fhir.nl/fhir/NamingSystem/TaskCode';
const taskParameter = 'http://fhir.nl/fhir/NamingSystem/TaskParameter';

export const notifiedPull: Scenario = {
  id: 10,
  title: 'Notified pull hospital → nursing home',
  turn: 'later',
  async story({ given, when, then }, world) {
    const party = (value: string): object => ({ identifier: { system: identifierSystems.ura, value } });
    const input = (code: string, value: string): object => ({
      type: { coding: [{ system: taskParameter, code }] },
      valueString: value,
    });
    const task = await given(
      'a notification G1 about B, for nursing home De Linde, until 2026-12-08',
      () => ({
        resourceType: 'Task',
        identifier: [{ system: 'urn:ietf:rfc:3986', value: 'urn:uuid:6b0a0b3c-31f0-4f0e-9f0b-0d7f0a1f3a10' }],
        groupIdentifier: { system: 'https://noord.example/groups', value: 'G1' },
        status: 'requested',
        intent: 'proposal',
        code: { coding: [{ system: taskCode, code: 'pull-notification' }] },
        for: { identifier: { system: identifierSystems.bsn, value: patientB } },
        authoredOn: '2026-12-01T10:00:00Z',
        requester: { onBehalfOf: party(hospital.ura) },
        owner: party(nursingHome.ura),
        restriction: { period: { end: '2026-12-08' } },
        input: [input('authorization-base', 'G1-base'), input('read-available-resource', 'Condition/1')],
      }),
    );
    const answer = await when('hospital Noord sends it to the nursing home', () =>
      world.call('record', 'holder:notify', `/tenants/${nursingHome.ura}/fhir/Task`, {
        method: 'POST',
        body: task,
        type: 'application/fhir+json',
        organisation: hospital.ura,
      }),
    );
    await then('it is taken in, once', () => assert.equal(answer.status, 201, answer.text));
    await then('what is listed can be pulled until then, by the nursing home only', () =>
      assert.fail('There is no inbox for notifications yet'),
    );
  },
};

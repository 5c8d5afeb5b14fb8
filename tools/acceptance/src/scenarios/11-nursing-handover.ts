import assert from 'node:assert/strict';
import { hospital, nursingHome } from '../world/people.js';
import type { Scenario } from '../scenario.js';

export const nursingHandover: Scenario = {
  id: 11,
  title: 'eOverdracht flow',
  async story({ given, when, then }, world) {
    const path = `/tenants/${hospital.ura}/fhir/Task`;
    const task = await given('a workflow Task of hospital Noord, requested of nursing home De Linde', () => ({
      resourceType: 'Task',
      meta: { profile: ['http://nictiz.nl/fhir/StructureDefinition/eOverdracht-Task'] },
      status: 'requested',
      intent: 'order',
      code: { coding: [{ system: 'http://snomed.info/sct', code: '308292007' }] },
    }));
    const answer = await when('the hospital places it', () =>
      world.call('record', 'holder:notify', path, {
        method: 'POST',
        body: task,
        type: 'application/fhir+json',
        organisation: hospital.ura,
      }),
    );
    await then('it is there for the nursing home to accept', () =>
      assert.equal(answer.status, 201, `${nursingHome.name}: ${answer.text}`),
    );
    await then('each step of it is accepted in its order, and no other', () =>
      assert.fail('There is no workflow of Tasks yet'),
    );
  },
};

import assert from 'node:assert/strict';
import { identifierSystems } from '@samenhang/data-model';
import type { Answer } from '../world/fhir.js';
import { hospital, nursingHome, patientB, pharmacy, type Provider } from '../world/people.js';
import { TransferDesk } from '../world/transfer-desk.js';
import type { Scenario } from '../scenario.js';

interface Task {
  readonly id: string;
  readonly owner: string;
  readonly status: string;
  readonly businessStatus?: string;
}

interface Transfer {
  readonly transfer: string;
  readonly tasks: readonly Task[];
}

export const nursingHandover: Scenario = {
  id: 11,
  title: 'eOverdracht flow',
  async story({ given, when, then }, world) {
    const desk = new TransferDesk(world);
    const offer = async (...receivers: readonly Provider[]): Promise<Transfer> => {
      const answer = await desk.own(hospital, 'POST', 'transfers', {
        kind: 'nursing-handover',
        patient: { system: identifierSystems.bsn, value: patientB },
        receivers: receivers.map(({ ura }) => ura),
        until: '2027-01-31',
        documents: [
          {
            code: '721915006',
            resource: {
              resourceType: 'Composition',
              status: 'final',
              type: { coding: [{ system: 'http://snomed.info/sct', code: '371535009' }] },
              date: '2026-12-01T10:00:00Z',
              author: [{ display: 'Verpleegafdeling' }],
              title: 'Aanmeldbericht',
            },
          },
        ],
      });
      assert.equal(answer.status, 201, answer.text);
      return JSON.parse(answer.text) as Transfer;
    };
    const taskOf = ({ tasks }: Transfer, { ura }: Provider): string =>
      tasks.find(({ owner }) => owner === ura)?.id ?? '';
    const put = async (who: Provider, id: string, status: string, version?: string): Promise<Answer> => {
      const read = await desk.peer(who.ura, hospital, { path: `Task/${id}` });
      assert.equal(read.status, 200, read.text);
      return desk.peer(who.ura, hospital, {
        method: 'PUT',
        path: `Task/${id}`,
        body: { ...(JSON.parse(read.text) as object), status },
        headers: { 'if-match': version ?? read.headers.get('etag') ?? '' },
      });
    };

    const requested = await given('a Task of hospital Noord, requested of nursing home De Linde', () =>
      offer(nursingHome),
    );
    const id = taskOf(requested, nursingHome);
    const tooFar = await when('the nursing home PUTs completed at once', () =>
      put(nursingHome, id, 'completed'),
    );
    await then('the answer is 422 with an OperationOutcome', () => {
      assert.equal(tooFar.status, 422, tooFar.text);
      assert.equal((JSON.parse(tooFar.text) as { resourceType: string }).resourceType, 'OperationOutcome');
    });
    await when('it PUTs accepted', async () =>
      assert.equal((await put(nursingHome, id, 'accepted')).status, 200),
    );
    await then('a PUT on the version before is 412', async () =>
      assert.equal((await put(nursingHome, id, 'in-progress', 'W/"1"')).status, 412),
    );
    await then('in-progress and completed follow with 200', async () => {
      for (const status of ['in-progress', 'completed'])
        assert.equal((await put(nursingHome, id, status)).status, 200);
    });
    await then('the hospital is told of each', async () => {
      const { text } = await desk.own(hospital, 'GET', 'transfer-changes?after=0');
      const { changes } = JSON.parse(text) as { changes: { task: string; status: string }[] };
      assert.deepEqual(
        changes.filter(({ task }) => task === id).map(({ status }) => status),
        ['accepted', 'in-progress', 'completed'],
      );
    });
    const candidates = await given('two candidates X and Y, both requested', () =>
      offer(nursingHome, pharmacy),
    );
    const [x, y] = [taskOf(candidates, nursingHome), taskOf(candidates, pharmacy)];
    const selected = await when('X accepts and the hospital selects X', async () => {
      assert.equal((await put(nursingHome, x, 'accepted')).status, 200);
      return desk.own(hospital, 'POST', `transfers/${candidates.transfer}/select`, { task: x });
    });
    await then('X is selected and Y cancelled, as Y reads too', async () => {
      assert.equal(selected.status, 200, selected.text);
      const { tasks } = JSON.parse(selected.text) as Transfer;
      assert.equal(tasks.find((task) => task.id === x)?.businessStatus, 'selected');
      const read = await desk.peer(pharmacy.ura, hospital, { path: `Task/${y}` });
      assert.equal((JSON.parse(read.text) as Task).status, 'cancelled', read.text);
    });
  },
};

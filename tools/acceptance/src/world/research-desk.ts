import assert from 'node:assert/strict';
import { getUra } from '@samenhang/data-model';
import type { Bsn } from '@samenhang/patient-identity';
import { eventually } from './eventually.js';
import type { Answer } from './fhir.js';
import { hospital, pharmacy } from './people.js';
import type { World } from './world.js';

/** Who asks, who assesses and who checks: three organisations. */
const researcher = getUra('90000003');
const assessor = getUra('90000004');
const checker = getUra('90000005');

const secondaryUseOrganisation = 'oin:00000099000000002000';
const DAY_MS = 86_400_000;

/** A research project, from its application to its outputs. */
export class ResearchDesk {
  constructor(private readonly world: World) {}

  /** @returns the id of a permit that nobody has decided about yet */
  async apply(title: string, code: string): Promise<string> {
    const answer = await this.#ask('research:use', '/permits', {
      title,
      purpose: 'scientific-research',
      datasets: [
        { type: 'Patient', elements: ['gender', 'birthDate'] },
        { type: 'Condition', elements: ['code'] },
      ],
      custodians: [hospital.ura, pharmacy.ura],
      period: { from: '2025-01-01', until: '2027-01-01' },
      dates: 'year',
      population: { system: 'http://snomed.info/sct', code },
      outputKind: 'pseudonymised',
    });
    assert.equal(answer.status, 201, answer.text);
    return (JSON.parse(answer.text) as { id: string }).id;
  }

  /** The assessor grants, and the operator of the pseudonymisation service makes the keys of the project. */
  async grant(permit: string): Promise<void> {
    const expiresAt = new Date(Date.now() + DAY_MS).toISOString();
    const answer = await this.#ask('research:assess', `/assessment/permits/${permit}/grant`, { expiresAt });
    assert.equal(answer.status, 200, answer.text);
    for (const scope of [`project-${permit}`, `counting-${researcher}`]) {
      const key = { recipientOrganization: secondaryUseOrganisation, recipientScope: scope };
      const made = await this.world.callAs(
        'operator',
        'pseudonymisation',
        'prs:admin',
        '/administration/key-versions',
        { method: 'POST', body: key },
      );
      assert.ok(made.status < 300, made.text);
    }
  }

  async withdraw(permit: string): Promise<void> {
    const answer = await this.#ask('research:assess', `/assessment/permits/${permit}/withdraw`, {});
    assert.equal(answer.status, 200, answer.text);
  }

  requestOutput(permit: string): Promise<Answer> {
    return this.#ask('research:use', `/permits/${permit}/outputs`, {
      view: {
        resource: 'Patient',
        select: [
          {
            column: [
              { name: 'person', path: 'getResourceKey()' },
              { name: 'gender', path: 'gender' },
              { name: 'birth_year', path: 'birthDate' },
            ],
          },
        ],
      },
      format: 'ndjson',
      person: 'person',
      known: [
        { column: 'gender', coarsening: 'list', values: ['female', 'male', 'other', 'unknown'] },
        { column: 'birth_year', coarsening: 'date' },
      ],
    });
  }

  /** Until it waits for somebody to check it; the key of a new project takes a moment to be known. */
  async makeOutput(permit: string): Promise<string> {
    let id = '';
    await eventually(async () => {
      const requested = await this.requestOutput(permit);
      assert.equal(requested.status, 202, requested.text);
      ({ id } = JSON.parse(requested.text) as { id: string });
      await eventually(async () => {
        const { status } = await this.output(id);
        assert.notEqual(status, 'running');
      }, 60_000);
      const output = await this.output(id);
      assert.equal(output.status, 'checking', JSON.stringify(output));
      assert.ok(
        output.holders.every(({ status }) => status === 'ok'),
        JSON.stringify(output),
      );
    }, 120_000);
    return id;
  }

  async output(id: string): Promise<{ status: string; holders: { custodian: string; status: string }[] }> {
    const answer = await this.#ask('research:use', `/outputs/${id}`);
    assert.equal(answer.status, 200, answer.text);
    return JSON.parse(answer.text) as never;
  }

  file(id: string): Promise<Answer> {
    return this.#ask('research:use', `/outputs/${id}/file`);
  }

  release(id: string, by: 'checker' | 'researcher' = 'checker'): Promise<Answer> {
    const organisation = by === 'checker' ? checker : researcher;
    return this.world.call('secondary-use-api', 'research:check', `/checks/outputs/${id}/release`, {
      method: 'POST',
      body: {},
      organisation,
    });
  }

  /** In which releases somebody is. */
  async releasesWith(pseudonym: string): Promise<string[]> {
    const answer = await this.world.call('secondary-use-api', 'research:check', '/checks/releases/_search', {
      method: 'POST',
      body: { pseudonym },
      organisation: checker,
    });
    assert.equal(answer.status, 200, answer.text);
    return (JSON.parse(answer.text) as { releases: { id: string }[] }).releases.map(({ id }) => id);
  }

  async count(permit: string, code: string): Promise<{ status: number; kind?: string; count?: number }> {
    const conditions = [{ dimension: 'diagnosis', value: `http://snomed.info/sct|${code}` }];
    const answer = await this.#ask('research:use', `/permits/${permit}/counts`, { conditions });
    return { status: answer.status, ...(JSON.parse(answer.text) as object) };
  }

  async optOut(bsn: Bsn): Promise<void> {
    const answer = await this.world.call('consent-register', 'consent:admin', '/opt-outs/secondary', {
      method: 'PUT',
      body: { bsn },
    });
    assert.equal(answer.status, 200, answer.text);
  }

  #ask(scope: string, path: string, body?: object): Promise<Answer> {
    const organisation = scope === 'research:assess' ? assessor : researcher;
    return this.world.call('secondary-use-api', scope, path, {
      organisation,
      ...(body === undefined ? {} : { method: 'POST', body }),
    });
  }
}

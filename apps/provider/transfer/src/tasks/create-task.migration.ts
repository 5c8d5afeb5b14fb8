import type { MigrationInterface, QueryRunner } from 'typeorm';
import { fence } from '../storage/tenant-fence.js';

/**
 * What a tenant offered: a workflow Task for each receiver, every version of it, the documents that go with it, and what
 * receivers are still to be told. Whom it is about is sealed, and in no Task that is stored.
 */
export class CreateTask1796100000000 implements MigrationInterface {
  readonly name = 'CreateTask1796100000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE task (
      tenant text COLLATE "C" NOT NULL,
      id uuid NOT NULL,
      transfer uuid NOT NULL,
      kind text NOT NULL,
      owner text COLLATE "C" NOT NULL,
      status text NOT NULL,
      version integer NOT NULL,
      last_updated timestamptz NOT NULL,
      valid_from timestamptz NOT NULL,
      valid_until timestamptz NOT NULL,
      listed text[] NOT NULL,
      patient_key text COLLATE "C" NOT NULL,
      sealed_bsn jsonb NOT NULL,
      body jsonb NOT NULL,
      PRIMARY KEY (tenant, id)
    )`);
    await runner.query('CREATE INDEX task_transfer ON task (tenant, transfer)');
    await runner.query('CREATE INDEX task_newest ON task (tenant, last_updated DESC)');
    await runner.query(
      `CREATE INDEX task_open ON task (owner) WHERE status NOT IN ('completed', 'rejected', 'cancelled', 'failed')`,
    );
    await runner.query(`CREATE TABLE task_version (
      position bigint GENERATED ALWAYS AS IDENTITY,
      tenant text COLLATE "C" NOT NULL,
      id uuid NOT NULL,
      version integer NOT NULL,
      author text COLLATE "C" NOT NULL,
      status text NOT NULL,
      last_updated timestamptz NOT NULL,
      body jsonb NOT NULL,
      PRIMARY KEY (tenant, id, version)
    )`);
    await runner.query('CREATE INDEX task_version_position ON task_version (tenant, position)');
    await runner.query(`CREATE TABLE transfer_request (
      tenant text COLLATE "C" NOT NULL,
      identifier text COLLATE "C" NOT NULL,
      digest text NOT NULL,
      transfer uuid NOT NULL,
      PRIMARY KEY (tenant, identifier)
    )`);
    await runner.query(`CREATE TABLE document (
      tenant text COLLATE "C" NOT NULL,
      transfer uuid NOT NULL,
      type text COLLATE "C" NOT NULL,
      id text COLLATE "C" NOT NULL,
      body text NOT NULL,
      PRIMARY KEY (tenant, transfer, type, id)
    )`);
    await runner.query(`CREATE TABLE delivery (
      tenant text COLLATE "C" NOT NULL,
      id uuid NOT NULL,
      task uuid NOT NULL,
      version integer NOT NULL,
      recipient text COLLATE "C" NOT NULL,
      kind text NOT NULL,
      attempts integer NOT NULL DEFAULT 0,
      next_try timestamptz NOT NULL DEFAULT now(),
      created_at timestamptz NOT NULL DEFAULT now(),
      delivered_at timestamptz,
      given_up_at timestamptz,
      last_failure text,
      PRIMARY KEY (tenant, id)
    )`);
    await runner.query(
      'CREATE INDEX delivery_due ON delivery (next_try) WHERE delivered_at IS NULL AND given_up_at IS NULL',
    );
    await runner.query('CREATE INDEX delivery_task ON delivery (tenant, task)');
    for (const table of ['task', 'task_version', 'transfer_request', 'document', 'delivery'])
      await fence(runner, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE delivery, document, transfer_request, task_version, task');
  }
}

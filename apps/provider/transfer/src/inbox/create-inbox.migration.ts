import type { MigrationInterface, QueryRunner } from 'typeorm';
import { fence } from '../storage/tenant-fence.js';

/**
 * What a tenant was told of, once for each notification, and what it pulled. Whom it is about and the authorization base
 * are sealed together.
 */
export class CreateInbox1796100001000 implements MigrationInterface {
  readonly name = 'CreateInbox1796100001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE inbox_item (
      tenant text COLLATE "C" NOT NULL,
      id uuid NOT NULL,
      sender text COLLATE "C" NOT NULL,
      identifier text COLLATE "C" NOT NULL,
      kind text NOT NULL,
      task_reference text,
      status text NOT NULL,
      valid_until timestamptz,
      received_at timestamptz NOT NULL DEFAULT now(),
      sealed jsonb,
      notification jsonb,
      task jsonb,
      refresh_wanted boolean NOT NULL DEFAULT false,
      pull_state text NOT NULL DEFAULT 'not-asked'
        CHECK (pull_state IN ('not-asked', 'waiting', 'pulled', 'failed')),
      attempts integer NOT NULL DEFAULT 0,
      next_try timestamptz NOT NULL DEFAULT now(),
      last_failure text,
      PRIMARY KEY (tenant, id),
      UNIQUE (tenant, sender, identifier)
    )`);
    await runner.query('CREATE INDEX inbox_item_newest ON inbox_item (tenant, received_at DESC)');
    await runner.query(
      `CREATE INDEX inbox_item_due ON inbox_item (next_try) WHERE refresh_wanted OR pull_state = 'waiting'`,
    );
    await runner.query(`CREATE TABLE pulled (
      tenant text COLLATE "C" NOT NULL,
      item uuid NOT NULL,
      request text COLLATE "C" NOT NULL,
      state text NOT NULL CHECK (state IN ('waiting', 'pulled', 'failed')),
      last_failure text,
      pulled_at timestamptz,
      pages text[] NOT NULL DEFAULT '{}',
      PRIMARY KEY (tenant, item, request)
    )`);
    for (const table of ['inbox_item', 'pulled']) await fence(runner, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE pulled, inbox_item');
  }
}

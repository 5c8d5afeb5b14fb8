import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who is to be told of changes of whom. A change first is a signal, written in the transaction that takes the event; one
 * that policy and consent let through becomes a numbered event of the subscription. `told` is the last number that the
 * subscriber took: a process that dies tells again, and never leaves one out.
 */
export class CreateSubscription1795600000000 implements MigrationInterface {
  readonly name = 'CreateSubscription1795600000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE subscription (
        id uuid PRIMARY KEY,
        owner text NOT NULL,
        change_handle text NOT NULL,
        index_handle text,
        channel text NOT NULL,
        status text NOT NULL,
        ends_at timestamptz NOT NULL,
        heartbeat_seconds integer,
        sealed jsonb NOT NULL,
        events bigint NOT NULL DEFAULT 0,
        told bigint NOT NULL DEFAULT 0,
        problem text,
        failing_since timestamptz,
        attempts integer NOT NULL DEFAULT 0,
        next_try timestamptz NOT NULL DEFAULT now(),
        last_sent timestamptz
      )`);
    await runner.query('CREATE INDEX subscription_change_handle ON subscription (change_handle)');
    await runner.query('CREATE INDEX subscription_index_handle ON subscription (index_handle)');
    await runner.query('CREATE INDEX subscription_owner ON subscription (owner)');
    await runner.query('CREATE INDEX subscription_due ON subscription (next_try)');
    await runner.query(`
      CREATE TABLE subscription_signal (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        subscription_id uuid NOT NULL REFERENCES subscription ON DELETE CASCADE,
        custodian text NOT NULL,
        facts jsonb NOT NULL,
        occurred_at timestamptz NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        next_try timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX subscription_signal_due ON subscription_signal (next_try)');
    await runner.query('CREATE INDEX subscription_signal_of ON subscription_signal (subscription_id)');
    await runner.query(`
      CREATE TABLE subscription_event (
        subscription_id uuid NOT NULL REFERENCES subscription ON DELETE CASCADE,
        number bigint NOT NULL,
        occurred_at timestamptz NOT NULL,
        focus jsonb NOT NULL,
        PRIMARY KEY (subscription_id, number)
      )`);
    await runner.query(`
      CREATE TABLE subscription_binding (
        token_hash text PRIMARY KEY,
        subscription_id uuid NOT NULL REFERENCES subscription ON DELETE CASCADE,
        expires_at timestamptz NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE subscription_binding, subscription_event, subscription_signal, subscription',
    );
  }
}

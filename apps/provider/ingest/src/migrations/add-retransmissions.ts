import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Messages that a source sends again are not stored again: their number is, by day. */
export class AddRetransmissions1795400000201 implements MigrationInterface {
  readonly name = 'AddRetransmissions1795400000201';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE retransmission_count (
      tenant text NOT NULL,
      source text NOT NULL,
      day date NOT NULL,
      messages bigint NOT NULL,
      PRIMARY KEY (tenant, source, day)
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE retransmission_count');
  }
}

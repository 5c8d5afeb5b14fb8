import 'reflect-metadata';
import {
  Catch,
  Controller,
  Inject,
  Injectable,
  Module,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { EventEnvelope, NewEvent } from '@samenhang/data-model';
import { TransientError } from '@samenhang/event-log';
import { migrateEventLog, poolDatabase, PostgresEventLog } from '@samenhang/event-log-postgres';
import { ChunkContext, EventLogServer } from '@samenhang/event-transport';
import { createTestDatabase } from '@samenhang/testing';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

@Injectable()
class Effects {
  faults = 0;

  async record({ transaction }: ChunkContext, events: readonly EventEnvelope[]): Promise<void> {
    await transaction.query('INSERT INTO public.effect SELECT * FROM unnest($1::text[])', [
      events.map((event) => event.key),
    ]);
  }
}

@Controller()
class Consumer {
  constructor(@Inject(Effects) private readonly effects: Effects) {}

  @EventPattern<string>('audit.recorded')
  async onAudit(
    @Payload() events: EventEnvelope<'audit.recorded'>[],
    @Ctx() context: ChunkContext,
  ): Promise<void> {
    await this.effects.record(context, events);
    if (events.some((event) => event.key === 'poison')) throw new RangeError('cannot');
    if (this.effects.faults > 0) {
      this.effects.faults -= 1;
      throw new TransientError('not now');
    }
  }
}

@Module({ controllers: [Consumer], providers: [Effects] })
class TestModule {}

@Catch()
class Rethrow implements ExceptionFilter {
  catch(thrown: unknown, _host: ArgumentsHost): never {
    throw thrown;
  }
}

const audit = (key: string): NewEvent<'audit.recorded'> => ({
  type: 'audit.recorded',
  key,
  tenant: null,
  payload: { recordedAt: '2026-01-01T00:00:00Z', auditEvent: { resourceType: 'AuditEvent', id: key } },
});

describe('@EventPattern handlers on an event log', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let pool: pg.Pool;
  let log: PostgresEventLog;
  let closeApp: () => Promise<void> = () => Promise.resolve();

  beforeEach(async () => {
    database = await createTestDatabase();
    await migrateEventLog(database.url);
    pool = new pg.Pool({ connectionString: database.url });
    pool.on('error', () => {});
    await pool.query('CREATE TABLE public.effect (key text)');
    log = new PostgresEventLog({
      ...poolDatabase(pool),
      producer: 'test',
      retry: { firstDelayMilliseconds: 5 },
    });
  });

  afterEach(async () => {
    await closeApp();
    await pool.end();
    await database.drop();
  });

  async function startApp(...filters: ExceptionFilter[]): Promise<Effects> {
    const app = await NestFactory.create(TestModule, new FastifyAdapter(), { logger: false });
    app.useGlobalFilters(...filters);
    app.connectMicroservice({ strategy: new EventLogServer(log, 'test') }, { inheritAppConfig: true });
    await app.startAllMicroservices();
    closeApp = () => app.close();
    return app.get(Effects);
  }

  const publish = (...keys: string[]): Promise<void> =>
    poolDatabase(pool).runInTransaction((transaction) => log.publish(transaction, keys.map(audit)));
  const effects = async (): Promise<string[]> =>
    (await pool.query<{ key: string }>('SELECT key FROM public.effect ORDER BY key')).rows.map(
      (row) => row.key,
    );
  const settled = (): Promise<void> =>
    vi.waitFor(async () => expect((await log.lag())[0]?.waiting).toBe(0), { timeout: 10_000, interval: 20 });

  it('handles a chunk with its transaction', async () => {
    await startApp();
    await publish('a', 'b');
    await settled();
    expect(await effects()).toEqual(['a', 'b']);
  });

  it.each([
    ['a filter that rethrows', [new Rethrow()], 'RangeError: cannot'],
    ["Nest's default filter", [], 'Error: Internal server error'],
  ])(
    'undoes the chunk of a failing handler and parks the event at fault, with %s',
    async (_name, filters, reason) => {
      await startApp(...filters);
      await publish('a', 'poison', 'b');
      await settled();
      expect(await effects()).toEqual(['a', 'b']);
      expect((await log.listParked('test')).map((parked) => [parked.key, parked.reason])).toEqual([
        ['poison', reason],
      ]);
    },
  );

  it('tells a fault of the surroundings from one of the event', async () => {
    const state = await startApp(new Rethrow());
    state.faults = 5;
    await publish('a');
    await settled();
    expect(await effects()).toEqual(['a']);
    expect(await log.listParked('test')).toEqual([]);
  });

  it('refuses a pattern outside the event catalogue', async () => {
    @Controller()
    class Stray {
      @EventPattern<string>('no.such.event')
      handle(): void {}
    }
    @Module({ controllers: [Stray] })
    class StrayModule {}
    const app = await NestFactory.create(StrayModule, new FastifyAdapter(), { logger: false });
    app.connectMicroservice({ strategy: new EventLogServer(log, 'test') });
    await expect(app.startAllMicroservices()).rejects.toThrow('no.such.event');
    await app.close();
  });
});

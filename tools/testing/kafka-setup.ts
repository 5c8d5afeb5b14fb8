import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { kafkaAvailable, startKafka, type RunningKafka } from '../kafka/kafka.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** Port that answers a connection with `{"brokers": …}` or `{"error": …}`; the broker starts at the first one. */
    kafkaOnDemandPort: number | null;
    /** Why there is no Kafka in this run. */
    kafkaSkipReason: string | null;
  }
}

/**
 * One real Kafka for the whole test run, started by the first test that asks for it: most runs never do.
 * `SAMENHANG_TEST_KAFKA=skip` leaves it out.
 */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const reason = findSkipReason();
  project.provide('kafkaSkipReason', reason);
  if (reason !== null) {
    project.provide('kafkaOnDemandPort', null);
    return undefined;
  }
  const broker = new BrokerOnDemand();
  project.provide('kafkaOnDemandPort', await broker.listen());
  return () => broker.close();
}

function findSkipReason(): string | null {
  if (process.env['SAMENHANG_TEST_KAFKA'] === 'skip') return 'SAMENHANG_TEST_KAFKA=skip';
  const availability = kafkaAvailable();
  return availability.available ? null : availability.reason;
}

class BrokerOnDemand {
  private readonly folder = mkdtempSync(join('/var/tmp', 'samenhang-test-kafka-'));
  private broker: Promise<RunningKafka> | undefined;
  private readonly server: Server = createServer((socket) => {
    socket.on('error', () => {});
    this.broker ??= this.start();
    this.broker.then(
      ({ brokers }) => socket.end(JSON.stringify({ brokers })),
      (error: Error) => socket.end(JSON.stringify({ error: error.message })),
    );
  });

  async listen(): Promise<number> {
    const port = await portOf(this.server);
    this.server.unref();
    return port;
  }

  async close(): Promise<void> {
    this.server.close();
    const broker = await this.broker?.catch(() => undefined);
    await broker?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async start(): Promise<RunningKafka> {
    const [port, controllerPort] = [await freePort(), await freePort()];
    return startKafka({ dataDir: this.folder, port, controllerPort });
  }
}

function portOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

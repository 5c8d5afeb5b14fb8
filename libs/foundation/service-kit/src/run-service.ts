import 'reflect-metadata';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { EventLog } from '@samenhang/event-log';
import { Failure } from '@samenhang/errors';
import { EventLogServer } from '@samenhang/event-transport';
import { createDataSource } from '@samenhang/persistence';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pino, type DestinationStream, type Logger } from 'pino';
import { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { installBodyParsers, maximumBodyBytes } from './body-parsers.js';
import { ServiceEnvironment, type Variables } from './environment.js';
import { createEventLog } from './event-log-engine.js';
import { FailureFilter, sendFailure } from './failure-filter.js';
import { createLogger, NestLogger } from './logger.js';
import { installOperationsRoutes } from './operations-routes.js';
import { watchOutgoingRequests } from './outbound/outgoing-requests.js';
import { ParkedRetry } from './parked-retry.js';
import { schemaOf, type ServiceDefinition } from './service-definition.js';
import { ServiceHostModule, type HostResources } from './service-host.module.js';
import { readTls } from './tls.js';
import { createTracing } from './tracing/tracing.js';
import { TracedEventLog } from './tracing/traced-event-log.js';
import { STATUS_COUNTS, STATUS_PROBLEMS, type StatusCounts, type StatusProblems } from './tokens.js';

export interface RunningService {
  readonly name: string;
  /** Base URL at which the service listens. */
  readonly url: string;
  /** Finishes the work at hand, then releases port and connections. */
  close(): Promise<void>;
}

/** Starts a service: database, event log, HTTP. Resolves once it accepts requests. */
export async function runService(
  definition: ServiceDefinition,
  variables: Variables = process.env,
): Promise<RunningService> {
  const environment = new ServiceEnvironment(definition.name, definition.portOffset, variables);
  const logger = createLogger(definition.name, environment.text('LOG_LEVEL', 'info'), logFile(environment));
  const metrics = new Registry();
  const tracing = await createTracing(environment);
  const dataSource = await openDatabase(definition, environment, logger);
  const eventLog = dataSource && (await createEventLog(definition.name, environment, dataSource, logger));
  const resources = { environment, logger, metrics, tracing, dataSource, eventLog };
  const endWatch = watchOutgoingRequests(environment.outside);
  try {
    const app = await createApplication(definition, resources);
    const consumed = eventLog && tracing.isOn ? new TracedEventLog(eventLog, tracing) : eventLog;
    await startConsumers(app, definition, consumed);
    await app.listen(environment.port, environment.host);
    logger.info({ port: environment.port }, 'ready');
    const retry = consumed && new ParkedRetry(consumed, definition.name, logger);
    return running(definition, app, resources, { retry, endWatch });
  } catch (error) {
    endWatch();
    await eventLog?.stop();
    await dataSource?.destroy();
    await tracing.close();
    throw error;
  }
}

/** For `main.ts`: runs one service until SIGINT or SIGTERM, and turns a failed start into one clear line. */
export async function runServiceProcess(definition: ServiceDefinition): Promise<void> {
  try {
    const service = await runService(definition);
    const stop = (): void => {
      void service.close().then(() => process.exit(0));
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    // A supervisor that dies takes its services along: no orphan keeps a port.
    process.once('disconnect', stop);
  } catch (error) {
    process.stderr.write(
      `${definition.name} cannot start: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    process.exit(1);
  }
}

function logFile(environment: ServiceEnvironment): DestinationStream | undefined {
  const file = environment.find('LOG_FILE');
  return file === undefined ? undefined : pino.destination({ dest: file, mkdir: true, sync: false });
}

async function openDatabase(
  definition: ServiceDefinition,
  environment: ServiceEnvironment,
  logger: Logger,
): Promise<DataSource | undefined> {
  if (definition.database === undefined) return undefined;
  return createDataSource({
    url: environment.text('DATABASE_URL'),
    schema: schemaOf(definition),
    migrations: definition.database.migrations,
    entities: definition.database.entities ?? [],
    poolSize: environment.number('DATABASE_POOL_SIZE', definition.database.poolSize ?? 5),
    ...(definition.database.session === undefined ? {} : { session: definition.database.session }),
    onPoolError: (error) => logger.warn({ error }, 'idle database connection lost'),
  });
}

async function createApplication(
  definition: ServiceDefinition,
  resources: HostResources,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: maximumBodyBytes,
    routerOptions: { ignoreTrailingSlash: true },
    forceCloseConnections: true,
    // What the router itself refuses; its own answer would repeat the address.
    frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      sendFailure(new Failure('malformed', 'The address cannot be read'), request, reply, resources.logger),
    ...readTls(resources.environment),
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    ServiceHostModule.of(definition, resources),
    adapter,
    {
      bodyParser: false,
      logger: new NestLogger(resources.logger),
      abortOnError: false,
    },
  );
  const fastify = app.getHttpAdapter().getInstance();
  installBodyParsers(fastify);
  app.useGlobalFilters(new FailureFilter(resources.logger));
  installOperationsRoutes(fastify, {
    service: definition.name,
    metrics: resources.metrics,
    eventLog: resources.eventLog,
    outside: resources.environment.outside,
    isReady: () => isReady(resources.dataSource),
    statusCounts: () => findProvider<StatusCounts>(app, STATUS_COUNTS),
    statusProblems: () => findProvider<StatusProblems>(app, STATUS_PROBLEMS),
  });
  await definition.configureHttp?.(app);
  return app;
}

async function startConsumers(
  app: NestFastifyApplication,
  definition: ServiceDefinition,
  eventLog: EventLog | undefined,
): Promise<void> {
  if (eventLog === undefined) {
    await app.init();
    return;
  }
  app.connectMicroservice(
    { strategy: new EventLogServer(eventLog, definition.name) },
    { inheritAppConfig: true },
  );
  await app.startAllMicroservices();
}

async function isReady(dataSource: DataSource | undefined): Promise<boolean> {
  try {
    await dataSource?.query('SELECT 1');
    return true;
  } catch {
    return false;
  }
}

/** Looked up in the container itself: asking Nest for a provider that is not there fills the log with errors. */
function findProvider<T>(app: NestFastifyApplication, token: symbol): T | undefined {
  const modules = [...app.get(ModulesContainer).values()];
  const provider = modules.map((module) => module.providers.get(token)).find((found) => found !== undefined);
  return provider?.instance as T | undefined;
}

function running(
  definition: ServiceDefinition,
  app: NestFastifyApplication,
  resources: HostResources,
  { retry, endWatch }: { readonly retry: ParkedRetry | undefined; readonly endWatch: () => void },
): RunningService {
  return {
    name: definition.name,
    url: resources.environment.publicUrl,
    async close() {
      await retry?.stop();
      await resources.eventLog?.stop();
      await app.close();
      endWatch();
      if (resources.dataSource?.isInitialized === true) await resources.dataSource.destroy();
      await resources.tracing.close();
    },
  };
}

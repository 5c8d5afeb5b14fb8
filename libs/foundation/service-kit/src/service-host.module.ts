import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import type { EventLog } from '@samenhang/event-log';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { loadConfiguration } from './configuration.js';
import { ServiceEnvironment } from './environment.js';
import type { ServiceDefinition } from './service-definition.js';
import { EVENT_LOG, LOGGER, METRICS, TRACING } from './tokens.js';
import type { Tracing } from './tracing/tracing.js';

export interface HostResources {
  readonly environment: ServiceEnvironment;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly tracing: Tracing;
  readonly dataSource: DataSource | undefined;
  readonly eventLog: EventLog | undefined;
}

/** Root module of every running service: the service's own module, and what each service may inject. */
@Module({})
export class ServiceHostModule {
  static of(definition: ServiceDefinition, resources: HostResources): DynamicModule {
    const providers: Provider[] = [
      { provide: ServiceEnvironment, useValue: resources.environment },
      { provide: LOGGER, useValue: resources.logger },
      { provide: METRICS, useValue: resources.metrics },
      { provide: TRACING, useValue: resources.tracing },
    ];
    if (resources.dataSource !== undefined)
      providers.push({ provide: DataSource, useValue: resources.dataSource });
    if (resources.eventLog !== undefined)
      providers.push({ provide: EVENT_LOG, useValue: resources.eventLog });
    if (definition.configuration !== undefined) {
      const configuration = loadConfiguration(definition.configuration, resources.environment);
      providers.push({ provide: definition.configuration, useValue: configuration });
    }
    return {
      module: ServiceHostModule,
      global: true,
      imports: [definition.module],
      providers,
      exports: providers,
    };
  }
}

import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { EntityClass, MigrationClass } from '@samenhang/persistence';
import type { ConfigurationClass } from './configuration.js';

/** Everything that is needed to run one service, alone in its process or with the others in one. */
export interface ServiceDefinition {
  /** Also the name of its database role and schema (hyphens become underscores). */
  readonly name: string;
  readonly title: string;
  readonly portOffset: number;
  readonly module: Type;
  /** Present when the service keeps state or takes part in the event log. */
  readonly database?: {
    readonly migrations: readonly MigrationClass[];
    readonly entities?: readonly EntityClass[];
    readonly poolSize?: number;
    /** PostgreSQL settings of each of its connections. */
    readonly session?: Readonly<Record<string, string>>;
  };
  readonly configuration?: ConfigurationClass;
  /** For what Nest's routes cannot express, such as mounting a library's own request handler. Runs before the service listens. */
  readonly configureHttp?: (app: NestFastifyApplication) => void | Promise<void>;
}

export function schemaOf(definition: Pick<ServiceDefinition, 'name'>): string {
  return definition.name.replaceAll('-', '_');
}

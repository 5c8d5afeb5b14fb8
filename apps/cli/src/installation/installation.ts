import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultPortBase, portOffsets, type ServiceName } from '@samenhang/service-kit';
import type { JWK } from 'jose';
import { CommandFailure, usage } from '../terminal/command-failure.js';
import { defaultDataDirectory } from './data-directory.js';

/** The OAuth client that development tools use; made when an installation is provisioned. */
const DEVELOPMENT_CLIENT = 'demo';

export interface InstallationOptions {
  readonly portBase?: string;
  readonly dataDir?: string;
}

interface RegisteredClient {
  readonly client_id: string;
  readonly scopes?: readonly string[];
  readonly facilityTypes?: Readonly<Record<string, string>>;
}

const isDevelopment = ({ client_id }: RegisteredClient): boolean => client_id === DEVELOPMENT_CLIENT;

/** The running installation that a command talks to. */
export class Installation {
  readonly clientId = DEVELOPMENT_CLIENT;
  readonly #portBase: number;
  readonly #secrets: string;

  constructor(options: InstallationOptions, environment: NodeJS.ProcessEnv = process.env) {
    this.#portBase = wholePort(
      options.portBase ?? environment['SAMENHANG_PORT_BASE'] ?? String(defaultPortBase),
    );
    this.#secrets = join(
      options.dataDir ?? environment['SAMENHANG_DATA_DIR'] ?? defaultDataDirectory(),
      'secrets',
    );
  }

  urlOf(service: ServiceName): string {
    return `http://127.0.0.1:${this.#portBase + portOffsets[service]}`;
  }

  clientKey(clientId: string = this.clientId): JWK {
    return this.#secret<JWK>(`client-${clientId}`);
  }

  /** URAs of the care providers that the development client knows by type. */
  organisations(): string[] {
    return Object.keys(this.#clients().find(isDevelopment)?.facilityTypes ?? {}).sort();
  }

  /** Who may ask for all of these scopes: the development client where it may, else a service of the installation. */
  clientFor(scopes: readonly string[]): string {
    const able = this.#clients().filter(({ scopes: held = [] }) =>
      scopes.every((scope) => held.includes(scope)),
    );
    return (able.find(isDevelopment) ?? able[0])?.client_id ?? this.clientId;
  }

  #clients(): readonly RegisteredClient[] {
    return this.#secret<{ clients: readonly RegisteredClient[] }>('authorisation-server').clients;
  }

  #secret<T>(name: string): T {
    try {
      return JSON.parse(readFileSync(join(this.#secrets, `${name}.json`), 'utf8')) as T;
    } catch {
      throw new CommandFailure(
        `${join(this.#secrets, `${name}.json`)} cannot be read. Has the installation been started? (--data-dir names it)`,
      );
    }
  }
}

function wholePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_000) return port;
  throw usage('--port-base must be a whole number from 1 to 65000');
}

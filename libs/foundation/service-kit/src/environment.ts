import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OutsideServices } from './outbound/outside-services.js';
import { defaultPortBase, portOffsets, type ServiceName } from './ports.js';

export type Variables = Readonly<Record<string, string | undefined>>;

/** Thrown when the configuration cannot be used: names the variable, never its value. */
export class ConfigurationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConfigurationError';
  }
}

/** The environment as one service sees it. In one process each service gets variables of its own. */
export class ServiceEnvironment {
  /** How the services do that this one asks. */
  readonly outside = new OutsideServices();

  constructor(
    readonly serviceName: string,
    readonly portOffset: number,
    readonly variables: Variables,
  ) {}

  find(name: string): string | undefined {
    const value = this.variables[name];
    return value === undefined || value === '' ? undefined : value;
  }

  /** @throws ConfigurationError when the variable is absent and there is no fallback */
  text(name: string, fallback?: string): string {
    const value = this.find(name) ?? fallback;
    if (value === undefined) throw new ConfigurationError(`${this.serviceName}: ${name} is not set`);
    return value;
  }

  /** @throws ConfigurationError when absent without fallback, or not a number */
  number(name: string, fallback?: number): number {
    const text = this.find(name);
    const value = text === undefined ? fallback : Number(text);
    if (value === undefined) throw new ConfigurationError(`${this.serviceName}: ${name} is not set`);
    if (!Number.isFinite(value))
      throw new ConfigurationError(`${this.serviceName}: ${name} must be a number`);
    return value;
  }

  get portBase(): number {
    return this.number('SAMENHANG_PORT_BASE', defaultPortBase);
  }

  get port(): number {
    return this.number('PORT', this.portBase + this.portOffset);
  }

  /** Address to listen on: the loopback interface unless a deployment says otherwise. */
  get host(): string {
    return this.text('HOST', '127.0.0.1');
  }

  /** Base URL under which others reach this service, without trailing slash; also the audience of its access tokens. */
  get publicUrl(): string {
    const scheme = this.find('TLS_CERTIFICATE_FILE') === undefined ? 'http' : 'https';
    return this.text('PUBLIC_URL', `${scheme}://127.0.0.1:${this.port}`).replace(/\/+$/, '');
  }

  /** Base URL of another service, without trailing slash; how it answers is watched from now on. */
  serviceUrl(name: ServiceName): string {
    const variable = `${name.toUpperCase().replaceAll('-', '_')}_URL`;
    const fallback = `http://127.0.0.1:${this.portBase + portOffsets[name]}`;
    const url = this.text(variable, fallback).replace(/\/+$/, '');
    this.outside.watch(name, url);
    return url;
  }

  /** Text of the file that a variable names, as it is now; undefined when the variable is not set. */
  async readFile(name: string): Promise<string | undefined> {
    const path = this.find(name);
    return path === undefined ? undefined : readFile(path, 'utf8');
  }

  /**
   * A secret: `<SECRETS_DIR>/<name>.json`, parsed.
   * @throws ConfigurationError when it cannot be read
   */
  secret<T>(name: string): T {
    const file = join(this.text('SECRETS_DIR'), `${name}.json`);
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as T;
    } catch (cause) {
      throw new ConfigurationError(
        `${this.serviceName}: the secret ${name} cannot be read from SECRETS_DIR`,
        { cause },
      );
    }
  }
}

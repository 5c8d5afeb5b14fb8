import 'reflect-metadata';
import { IsInt, IsUrl, Min } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { loadConfiguration } from './configuration.js';
import { ConfigurationError, ServiceEnvironment } from './environment.js';

class Example {
  @IsInt()
  @Min(1)
  pullIntervalSeconds = 5;

  @IsUrl({ require_tld: false })
  targetUrl = 'http://localhost:1';

  enabled = true;
}

const load = (variables: Record<string, string>): object =>
  loadConfiguration(Example, new ServiceEnvironment('example', 1, variables));

describe('configuration of a service', () => {
  it('takes defaults, and converts what the environment sets', () => {
    expect(load({})).toMatchObject({ pullIntervalSeconds: 5, enabled: true });
    expect(load({ PULL_INTERVAL_SECONDS: '30', ENABLED: 'false' })).toMatchObject({
      pullIntervalSeconds: 30,
      enabled: false,
    });
  });

  it('names every variable at fault and no value', () => {
    const attempt = (): object => load({ PULL_INTERVAL_SECONDS: 'often', TARGET_URL: 'secret nonsense' });
    expect(attempt).toThrow(ConfigurationError);
    expect(attempt).toThrow(/PULL_INTERVAL_SECONDS.*TARGET_URL/);
    expect(attempt).not.toThrow(/secret nonsense/);
  });
});

describe('environment of a service', () => {
  it('derives ports and the addresses of other services from one base', () => {
    const environment = new ServiceEnvironment('example', 3, {
      SAMENHANG_PORT_BASE: '9000',
      RECORD_URL: 'https://record.example/',
    });
    expect(environment.publicUrl).toBe('http://127.0.0.1:9003');
    expect(environment.serviceUrl('query-api')).toBe('http://127.0.0.1:9000');
    expect(environment.serviceUrl('record')).toBe('https://record.example');
  });

  it('says which variable is missing', () => {
    expect(() => new ServiceEnvironment('example', 0, {}).text('DATABASE_URL')).toThrow(
      'example: DATABASE_URL is not set',
    );
  });
});

import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { ConfigurationError, type ServiceEnvironment } from './environment.js';

export type ConfigurationClass = new () => object;

/**
 * Reads a service's own settings from its environment into a validated object: property `pullIntervalSeconds` comes
 * from `PULL_INTERVAL_SECONDS`. Numbers and booleans are converted by the type of the property's default value.
 * @throws ConfigurationError that names every variable at fault, never a value
 */
export function loadConfiguration(type: ConfigurationClass, environment: ServiceEnvironment): object {
  const defaults = new type() as Record<string, unknown>;
  const values: Record<string, unknown> = { ...defaults };
  for (const property of Object.keys(defaults)) {
    const text = environment.find(variableOf(property));
    if (text !== undefined) values[property] = convert(text, defaults[property]);
  }
  const configuration = plainToInstance(type, values);
  const errors = validateSync(configuration, { whitelist: false, forbidUnknownValues: false });
  if (errors.length > 0) {
    const faults = errors.map(
      (error) => `${variableOf(error.property)} (${Object.keys(error.constraints ?? {}).join(', ')})`,
    );
    throw new ConfigurationError(`${environment.serviceName}: not usable: ${faults.join('; ')}`);
  }
  return configuration;
}

export function variableOf(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

function convert(text: string, sample: unknown): unknown {
  if (typeof sample === 'number') return Number(text);
  if (typeof sample === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}

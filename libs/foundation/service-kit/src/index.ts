export * from './ports.js';
export * from './tokens.js';
export * from './environment.js';
export { loadConfiguration, variableOf, type ConfigurationClass } from './configuration.js';
export { createLogger } from './logger.js';
export { maximumBodyBytes, parseForm } from './body-parsers.js';
export { schemaOf, type ServiceDefinition } from './service-definition.js';
export { runService, runServiceProcess, type RunningService } from './run-service.js';

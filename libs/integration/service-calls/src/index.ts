export { runPortal, type PortalSurroundings } from './run-portal.js';
export { ServiceCalls, type Asked, type Call } from './service-calls.js';
export { readHealth, type ServiceHealth } from './service-health.js';

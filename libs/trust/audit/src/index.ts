export * from './access-entry.js';
export * from './record-access.js';
export { toAuditEvent } from './to-audit-event.js';

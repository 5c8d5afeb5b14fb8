import { portOffsets, type ServiceDefinition } from '@samenhang/service-kit';
import { AuditModule } from './audit.module.js';
import { CreateAuditTrail1763700000000 } from './chain/create-audit-trail.migration.js';

export const auditService: ServiceDefinition = {
  name: 'audit',
  title: 'Audit trail',
  portOffset: portOffsets.audit,
  module: AuditModule,
  database: { migrations: [CreateAuditTrail1763700000000] },
};

import { runServiceProcess } from '@samenhang/service-kit';
import { auditService } from './audit.service.js';

await runServiceProcess(auditService);

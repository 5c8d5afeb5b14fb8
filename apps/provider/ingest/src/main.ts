import { runServiceProcess } from '@samenhang/service-kit';
import { ingestService } from './ingest-service.js';

await runServiceProcess(ingestService);

import { runServiceProcess } from '@samenhang/service-kit';
import { recordService } from './record.service-definition.js';

await runServiceProcess(recordService);

import { runServiceProcess } from '@samenhang/service-kit';
import { referenceIndexService } from './reference-index.service-definition.js';

await runServiceProcess(referenceIndexService);

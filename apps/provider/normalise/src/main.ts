import { runServiceProcess } from '@samenhang/service-kit';
import { normaliseService } from './normalise.service-definition.js';

await runServiceProcess(normaliseService);

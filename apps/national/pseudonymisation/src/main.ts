import { runServiceProcess } from '@samenhang/service-kit';
import { pseudonymisationService } from './pseudonymisation.service-definition.js';

await runServiceProcess(pseudonymisationService);

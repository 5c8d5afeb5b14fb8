import { runServiceProcess } from '@samenhang/service-kit';
import { transferService } from './transfer.service-definition.js';

await runServiceProcess(transferService);

import { runServiceProcess } from '@samenhang/service-kit';
import { deziEmulatorService } from './dezi.service.js';

await runServiceProcess(deziEmulatorService);

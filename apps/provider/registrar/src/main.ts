import { runServiceProcess } from '@samenhang/service-kit';
import { registrarService } from './registrar.service-definition.js';

await runServiceProcess(registrarService);

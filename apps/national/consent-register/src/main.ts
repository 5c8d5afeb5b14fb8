import { runServiceProcess } from '@samenhang/service-kit';
import { consentRegisterService } from './consent-register.service.js';

await runServiceProcess(consentRegisterService);

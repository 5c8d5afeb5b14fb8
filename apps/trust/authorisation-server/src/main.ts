import { runServiceProcess } from '@samenhang/service-kit';
import { authorisationServerService } from './authorisation-server.service.js';

await runServiceProcess(authorisationServerService);

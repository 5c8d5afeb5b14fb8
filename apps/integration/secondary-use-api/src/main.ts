import { runServiceProcess } from '@samenhang/service-kit';
import { secondaryUseApiService } from './secondary-use-api-service.js';

await runServiceProcess(secondaryUseApiService);

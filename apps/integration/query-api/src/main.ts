import { runServiceProcess } from '@samenhang/service-kit';
import { queryApiService } from './index.js';

await runServiceProcess(queryApiService);

import { describeEventLogContract } from '@samenhang/event-log/contract';
import { createPostgresHarness } from './postgres-harness.js';

describeEventLogContract('Postgres', createPostgresHarness);

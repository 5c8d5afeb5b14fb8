import { runPortal } from '@samenhang/service-calls';
import { readOperatorAccounts } from './operator-account.js';
import { startConsole } from './start-console.js';

await runPortal('console', (surroundings, secret) =>
  startConsole({ ...surroundings, accounts: readOperatorAccounts(secret('console-accounts')) }),
);

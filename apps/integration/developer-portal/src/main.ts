import { runPortal } from '@samenhang/service-calls';
import type { JWK } from 'jose';
import { readDeveloperAccounts } from './developer-account.js';
import { startDeveloperPortal } from './start-developer-portal.js';

const CLIENT = 'developer-portal';

await runPortal(CLIENT, (surroundings, secret) =>
  startDeveloperPortal({
    ...surroundings,
    clientId: CLIENT,
    clientKey: secret(`client-${CLIENT}`) as JWK,
    accounts: readDeveloperAccounts(secret('developer-accounts')),
  }),
);

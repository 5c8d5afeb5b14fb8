import { runPortal } from '@samenhang/service-calls';
import { readResearchAccounts } from './researcher-account.js';
import { startResearchPortal } from './start-research-portal.js';

await runPortal('research-portal', (surroundings, secret) =>
  startResearchPortal({ ...surroundings, accounts: readResearchAccounts(secret('research-accounts')) }),
);

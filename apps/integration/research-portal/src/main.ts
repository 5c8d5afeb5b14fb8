import { runPortal } from '@samenhang/service-calls';
import { readSignInWays } from '@samenhang/portal-server';
import { researchers } from './researcher.js';
import { startResearchPortal } from './start-research-portal.js';

await runPortal('research-portal', ({ openId, ...surroundings }, secret) =>
  startResearchPortal({ ...surroundings, signIn: readSignInWays('research', openId, secret, researchers) }),
);

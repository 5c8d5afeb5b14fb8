import { runPortal } from '@samenhang/service-calls';
import type { JWK } from 'jose';
import { readSignInWays } from '@samenhang/portal-server';
import { developers } from './developer.js';
import { startDeveloperPortal } from './start-developer-portal.js';

const CLIENT = 'developer-portal';

await runPortal(CLIENT, ({ openId, ...surroundings }, secret) =>
  startDeveloperPortal({
    ...surroundings,
    clientId: CLIENT,
    clientKey: secret(`client-${CLIENT}`) as JWK,
    signIn: readSignInWays('developer', openId, secret, developers),
  }),
);

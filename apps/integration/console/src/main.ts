import { runPortal } from '@samenhang/service-calls';
import { readSignInWays } from '@samenhang/portal-server';
import { operators } from './operator.js';
import { startConsole } from './start-console.js';

await runPortal('console', ({ openId, ...surroundings }, secret) =>
  startConsole({ ...surroundings, signIn: readSignInWays('console', openId, secret, operators) }),
);

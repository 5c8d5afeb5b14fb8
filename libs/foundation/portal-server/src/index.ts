export { Accounts, hashPassword, readAccounts, type Account } from './accounts.js';
export { startPortal, type PortalOptions, type RunningPortal } from './start-portal.js';
export {
  sendForeignFile,
  type ForeignFile,
  type PortalCall,
  type PortalHandler,
  type PortalRoutes,
} from './portal-routes.js';
export { Sessions, type SessionLimits } from './sessions.js';
export type { SignInElsewhere } from './sign-in-elsewhere.js';

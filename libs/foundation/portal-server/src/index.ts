export { Accounts, hashPassword, type Account } from './accounts.js';
export type { OpenIdOptions } from './openid-sign-in.js';
export { startPortal, type PortalOptions, type RunningPortal } from './start-portal.js';
export {
  sendForeignFile,
  type ForeignFile,
  type PortalCall,
  type PortalHandler,
  type PortalRoutes,
} from './portal-routes.js';
export { Sessions, type SessionLimits } from './sessions.js';
export {
  addSignIn,
  peopleOf,
  personOf,
  readSignInWays,
  type OpenIdSettings,
  type PersonReader,
  type RoleGrant,
  type SignInWays,
} from './sign-in-ways.js';
export type { SignInElsewhere } from './sign-in-elsewhere.js';

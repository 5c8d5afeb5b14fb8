export { startDeveloperPortal, type DeveloperPortalOptions } from './start-developer-portal.js';
export type { DeveloperAccount } from './developer-account.js';

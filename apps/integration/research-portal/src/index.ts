export { startResearchPortal, type ResearchPortalOptions } from './start-research-portal.js';
export type { ResearchAccount, ResearchRole } from './researcher-account.js';

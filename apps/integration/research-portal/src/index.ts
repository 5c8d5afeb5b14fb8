export { startResearchPortal, type ResearchPortalOptions } from './start-research-portal.js';
export { researchers, type Researcher, type ResearchRole } from './researcher.js';

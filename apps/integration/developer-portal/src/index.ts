export { startDeveloperPortal, type DeveloperPortalOptions } from './start-developer-portal.js';
export { developers, type Developer } from './developer.js';

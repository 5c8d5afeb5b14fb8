export { MappingReleases } from './releases/mapping-releases.js';
export { readRelease } from './releases/release-folder.js';
export { ReleaseThread } from './releases/release-thread.js';
export type { WrittenMessage } from './releases/written-message.js';
export { normaliseService } from './normalise.service-definition.js';

export { ChunkContext } from './chunk-context.js';
export { EventLogServer } from './event-log-server.js';

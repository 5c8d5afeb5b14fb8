export { ChunkContext } from './chunk-context.js';
export { EventLogServer } from './event-log-server.js';
export { OnEvents } from './on-events.js';

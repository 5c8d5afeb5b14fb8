export * from './port.js';
export * from './delivery.js';
export * from './fault.js';
export * from './handle-chunk.js';
export * from './log-messages.js';
export * from './retry.js';

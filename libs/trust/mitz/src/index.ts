export * from './mitz-client.js';

export { ingestService } from './ingest-service.js';

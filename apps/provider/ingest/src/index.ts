export type { TableFileSettings } from './drops/drop-settings.js';
export { readTable } from './drops/read-table.js';
export { ingestService } from './ingest-service.js';
export { readSourceDeclaration, sourceKinds, type SourceDeclaration } from './sources/source-declaration.js';

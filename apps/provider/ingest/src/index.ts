export { ingestService } from './ingest-service.js';
export { readSourceDeclaration, sourceKinds, type SourceDeclaration } from './sources/source-declaration.js';

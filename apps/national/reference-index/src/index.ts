export { referenceIndexService } from './reference-index.service-definition.js';

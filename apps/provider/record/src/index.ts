export { recordService } from './record.service-definition.js';

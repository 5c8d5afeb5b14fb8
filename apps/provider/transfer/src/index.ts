export { transferService } from './transfer.service-definition.js';

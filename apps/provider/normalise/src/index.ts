export { normaliseService } from './normalise.service-definition.js';

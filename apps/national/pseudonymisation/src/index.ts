export { pseudonymisationService } from './pseudonymisation.service-definition.js';

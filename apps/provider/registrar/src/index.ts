export { registrarService } from './registrar.service-definition.js';

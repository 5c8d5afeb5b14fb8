export { authorisationServerService } from './authorisation-server.service.js';

export { deziEmulatorService } from './dezi.service.js';

export { consentRegisterService } from './consent-register.service.js';

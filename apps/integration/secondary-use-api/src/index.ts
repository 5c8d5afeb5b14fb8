export { secondaryUseApiService } from './secondary-use-api-service.js';

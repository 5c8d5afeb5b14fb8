export { queryApiService } from './query-api-service.js';

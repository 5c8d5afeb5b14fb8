export { FhirServer, type CallOptions, type SearchParameters } from './fhir-server.js';
export { isObject, type JsonObject } from './json-object.js';
export { ServerAccess, type ServerSettings } from './server-access.js';
export { checkAuthentication, ServerAuthentication } from './server-authentication.js';
export {
  failedAnswer,
  isSameServer,
  readText,
  retryAfterSeconds,
  SourceHttp,
  SourceServerError,
  type SourceAnswer,
  type SourceRequest,
} from './source-http.js';

export { fhirSourceService, guardedFhirSourceService } from './fhir-source-services.js';

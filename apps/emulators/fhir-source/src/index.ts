export { bgz2017SourceService, fhirSourceService, guardedFhirSourceService } from './fhir-source-services.js';

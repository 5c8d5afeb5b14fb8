import { runServiceProcess } from '@samenhang/service-kit';
import { fhirSourceService, guardedFhirSourceService } from './fhir-source-services.js';

// `GUARDED=true`: an endpoint that others ask directly; otherwise a server on its owner's own network.
await runServiceProcess(process.env['GUARDED'] === 'true' ? guardedFhirSourceService : fhirSourceService);

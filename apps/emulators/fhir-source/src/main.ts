import { runServiceProcess } from '@samenhang/service-kit';
import { bgz2017SourceService, fhirSourceService, guardedFhirSourceService } from './fhir-source-services.js';

const onItsOwnNetwork = process.env['FHIR_VERSION'] === 'stu3' ? bgz2017SourceService : fhirSourceService;
// `GUARDED=true`: an endpoint that others ask directly; otherwise a server on its owner's own network.
await runServiceProcess(process.env['GUARDED'] === 'true' ? guardedFhirSourceService : onItsOwnNetwork);

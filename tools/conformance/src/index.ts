export { closures, sqlEngine, type ViewEngine, type ViewResult } from './sql-on-fhir/engines.js';
export { runTests, type TestOutcome } from './sql-on-fhir/run-tests.js';
export { readTestFiles, type TestFile, type ViewTest } from './sql-on-fhir/test-file.js';
export { checkCatalogue, type ShapesOutcome } from './health-dcat-ap/check-catalogue.js';
export { exampleCatalogue, runHealthDcatAp } from './health-dcat-ap/command.js';

import type { OperationReference } from '@samenhang/fhir-http';
import { tableMediaTypes } from '@samenhang/table-files';
import { tableFormNames } from './table-form.js';

const BULK = 'http://hl7.org/fhir/uv/bulkdata/OperationDefinition';
const VIEWS = 'http://sql-on-fhir.org/OperationDefinition';
const permit = 'For those who give permits for secondary use (scope secondary:run), with a signed permit.';
const forms = `_format: ${tableFormNames.join(', ')}.`;

/**
 * What a holder gives under permits. FHIR R4 knows no ViewDefinition, so that a CapabilityStatement of R4 has no place for its
 * operations but among those of the server.
 */
export const secondaryOperations: readonly OperationReference[] = [
  { name: 'export', definition: `${BULK}/export`, documentation: permit },
  {
    name: 'run',
    definition: `${VIEWS}/$run`,
    documentation: `POST ViewDefinition/$run. ${permit} ${forms}`,
  },
  {
    name: 'viewdefinition-export',
    definition: `${VIEWS}/$viewdefinition-export`,
    documentation: `POST ViewDefinition/$viewdefinition-export. ${permit} ${forms}`,
  },
];

export const patientExport: OperationReference = { name: 'export', definition: `${BULK}/patient-export` };

/** A group is the population of a permit. */
export const groupOperations = [
  {
    type: 'Group',
    operation: [{ name: 'export', definition: `${BULK}/group-export`, documentation: permit }],
  },
];

export const secondaryFormats: readonly string[] = [
  'application/fhir+ndjson',
  ...Object.values(tableMediaTypes).map((type) => type.split(';', 1).join('')),
];

import { viewUrls } from '@samenhang/data-model';
import { extensionsOf, findText, partsOf, recordOf, recordsOf, type Json } from './fhir-shape.js';
import type { Missing, SourceStatus } from './patient-view.js';

export function readSourceStatuses(outcome: Json): SourceStatus[] {
  return extensionsOf(outcome, viewUrls.sourceStatus).map((extension) => {
    const custodian = findText(recordOf(partsOf(extension, 'custodian')[0])['value']);
    const custodianName = findText(partsOf(extension, 'name')[0]);
    const milliseconds = partsOf(extension, 'milliseconds')[0];
    return {
      ...(custodian === undefined ? {} : { custodian }),
      ...(custodianName === undefined ? {} : { custodianName }),
      status: findText(partsOf(extension, 'status')[0]) ?? 'unknown',
      ...(typeof milliseconds === 'number' ? { milliseconds } : {}),
    };
  });
}

/** Every warning or error of the outcome: what is not in the view. */
export function readMissing(outcome: Json, statuses: readonly SourceStatus[]): Missing[] {
  return recordsOf(outcome['issue'])
    .filter(({ severity }) => severity !== 'information')
    .map((issue) => {
      const source = extensionsOf(issue, viewUrls.issueSource)[0];
      const custodian = findText(recordOf(source?.['valueIdentifier'])['value']);
      const custodianName = statuses.find(
        (status) => status.custodian !== undefined && status.custodian === custodian,
      )?.custodianName;
      return {
        ...(custodian === undefined ? {} : { custodian }),
        ...(custodianName === undefined ? {} : { custodianName }),
        severity: String(issue['severity']),
        code: String(issue['code']),
        text: findText(issue['diagnostics']) ?? 'Not available',
      };
    });
}

import { Failure } from '@samenhang/errors';
import type { Dataset, DatePrecision } from '@samenhang/secondary-use';
import type { TableFormat } from '@samenhang/table-files';
import { malformed } from '../permits/read-json.js';

export const omopModel = 'omop-cdm-5.4';

/** All tables that the datasets of the permit fill: there is nothing else to choose. */
export interface OmopRequest {
  readonly model: typeof omopModel;
  readonly format: TableFormat;
}

/** @throws Failure('malformed') */
export function readOmopRequest(members: Readonly<Record<string, unknown>>): Omit<OmopRequest, 'format'> {
  const { model = omopModel, ...others } = members;
  if (model !== omopModel) throw malformed('model');
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw malformed(unknown);
  return { model };
}

/**
 * The CDM requires the year of birth and the sex of everybody, and the day of everything: what a permit does not give cannot
 * be made up.
 * @throws Failure('invalid')
 */
export function assertFitsOmop(datasets: readonly Dataset[], dates: DatePrecision): void {
  const patient = datasets.find(({ type }) => type === 'Patient');
  if (patient === undefined || !['gender', 'birthDate'].every((name) => patient.elements.includes(name)))
    throw new Failure('invalid', 'OMOP tables need Patient with gender and birthDate');
  if (dates !== 'shifted') throw new Failure('invalid', 'OMOP tables need days: dates have to be shifted');
}

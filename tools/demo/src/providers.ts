import { getUra, type Ura } from '@samenhang/data-model';
import type { ServiceName } from '@samenhang/service-kit';

/** How a demo provider's data is reached. */
export interface DemoProvider {
  readonly ura: Ura;
  readonly name: string;
  /** RoleCodeNL type of care provider. */
  readonly type: string;
  /** Where its FHIR endpoint stands: our record store (replica) or its own server (direct). */
  readonly holder: 'record' | ServiceName;
}

export const hospitalNoord: DemoProvider = {
  ura: getUra('22222222'),
  name: 'Ziekenhuis Noord',
  type: 'V4',
  holder: 'record',
};
export const gpZonneweg: DemoProvider = {
  ura: getUra('11111111'),
  name: 'Huisartsenpraktijk Zonneweg',
  type: 'Z3',
  holder: 'record',
};
export const pharmacyDeBrug: DemoProvider = {
  ura: getUra('44444444'),
  name: 'Apotheek De Brug',
  type: 'A1',
  holder: 'record',
};
export const nursingHomeDeLinde: DemoProvider = {
  ura: getUra('33333333'),
  name: 'Verpleeghuis De Linde',
  type: 'X3',
  holder: 'fhir-source-nursing-home',
};

export const demoProviders: readonly DemoProvider[] = [
  gpZonneweg,
  hospitalNoord,
  nursingHomeDeLinde,
  pharmacyDeBrug,
];

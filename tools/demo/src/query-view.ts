import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProfessionalTokens, SamenhangClient, type PatientView } from '@samenhang/client';
import type { JWK } from 'jose';
import { gpZonneweg } from './providers.js';
import { urlOf, type Surroundings } from './surroundings.js';

/** Dr. Vos, general practitioner at Zonneweg, as the Dezi emulator knows her. */
export const GENERAL_PRACTITIONER = '000095254';

/** The view as general practitioner Vos sees it, through the published client and with her own Dezi statement. */
export function viewerClient(surroundings: Surroundings): SamenhangClient {
  const clientKey = JSON.parse(
    readFileSync(join(surroundings.secretsDirectory, 'client-demo.json'), 'utf8'),
  ) as JWK;
  const tokens = new ProfessionalTokens({
    issuer: urlOf(surroundings, 'authorisation-server'),
    clientId: 'demo',
    clientKey,
    organisation: gpZonneweg.ura,
    deziStatement: () => statementOf(surroundings, GENERAL_PRACTITIONER),
    purposeOfUse: 'TREAT',
    treatmentRelation: 'asserted',
  });
  return new SamenhangClient({ baseUrl: urlOf(surroundings, 'query-api'), tokens });
}

async function statementOf(surroundings: Surroundings, deziNumber: string): Promise<string> {
  const url = `${urlOf(surroundings, 'dezi')}/professionals/${deziNumber}/statement`;
  const response = await fetch(url, { method: 'POST' });
  if (!response.ok) throw new Error(`The Dezi emulator answered ${response.status}`);
  return ((await response.json()) as { verklaring: string }).verklaring;
}

/** Everything a view shows, whatever its kind. */
export function factsOf(view: PatientView): PatientView['problems'] {
  return [
    ...view.problems,
    ...view.allergies,
    ...view.medication,
    ...view.laboratoryResults,
    ...view.vitalSigns,
    ...view.encounters,
    ...view.procedures,
    ...view.immunizations,
  ];
}

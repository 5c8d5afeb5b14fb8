import { dataCategorySystem, identifierSystems, type DataCategory } from '@samenhang/data-model';
import type { RunningIndex } from './running-index.js';

const guide = 'http://minvws.github.io/generiekefuncties-docs';
const FHIR = { 'content-type': 'application/fhir+json' };

export const hospital = {
  organization_ura: '22222222',
  scope: 'nvi:create nvi:read nvi:delete nvi:localize',
};
export const pharmacy = { organization_ura: '44444444', scope: hospital.scope };
export const professional = {
  organization_ura: '11111111',
  organization_facility_type: 'Z3',
  scope: 'nvi:localize',
  user_id: '000095254',
  user_role: '01.015',
  purpose_of_use: 'TREAT',
  treatment_relation: 'asserted',
};

/** A List of the national profile. */
export function listOf(
  token: string,
  changes: Record<string, unknown> = {},
  category: DataCategory = 'Condition',
  custodian = '22222222',
) {
  return {
    resourceType: 'List',
    extension: [
      {
        url: `${guide}/StructureDefinition/nl-gf-localization-custodian`,
        valueReference: { identifier: { system: identifierSystems.ura, value: custodian } },
      },
    ],
    status: 'current',
    mode: 'working',
    code: { coding: [{ system: dataCategorySystem, code: category }] },
    subject: { identifier: { use: 'temp', system: identifierSystems.referenceIndexPseudonym, value: token } },
    source: { identifier: { system: `${guide}/NamingSystem/oauth-client-id`, value: 'samenhang-record' } },
    emptyReason: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/list-empty-reason', code: 'withheld' }],
    },
    ...changes,
  };
}

export type Claims = { readonly scope: string } & Record<string, unknown>;

export function createList(
  index: RunningIndex,
  list: object,
  claims: Claims = hospital,
  headers: Record<string, string> = {},
): Promise<Response> {
  return index.issuer.fetch(`${index.url}/fhir/List`, claims, {
    method: 'POST',
    headers: { ...FHIR, ...headers },
    body: JSON.stringify(list),
  });
}

export function transact(
  index: RunningIndex,
  entry: readonly object[],
  claims: Claims = hospital,
): Promise<Response> {
  const body = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
  return index.issuer.fetch(`${index.url}/fhir`, claims, { method: 'POST', headers: FHIR, body });
}

export function search(
  index: RunningIndex,
  parameters: Record<string, string>,
  claims: Claims,
): Promise<Response> {
  return index.issuer.fetch(`${index.url}/fhir/List/_search`, claims, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(parameters).toString(),
  });
}

export const subject = (token: string): string => `${identifierSystems.referenceIndexPseudonym}|${token}`;

export async function custodiansIn(response: Response): Promise<string[]> {
  const { entry = [] } = (await response.json()) as {
    entry?: { resource: { extension: { valueReference: { identifier: { value: string } } }[] } }[];
  };
  return entry.flatMap(({ resource }) =>
    resource.extension.map((extension) => extension.valueReference.identifier.value),
  );
}

/** All audit events as one text, decoded as far as the log keeps them as text. */
export async function auditTrail(index: RunningIndex): Promise<string> {
  const rows = await index.query<{ text: string }>(
    'SELECT event::text AS text FROM event_log.event AS event',
  );
  return rows.map(({ text }) => text.replaceAll('""', '"').replaceAll('\\"', '"')).join('\n');
}

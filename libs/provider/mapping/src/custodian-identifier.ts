import { identifierSystems, type Ura } from '@samenhang/data-model';
import { codeSystems } from './fhir-systems.js';
import type { Draft, Identifier } from './fhir-types.js';
import type { CodeTables } from './tables/code-tables.js';

/**
 * Custodian-assigned identifier (`nl-gf-custodianassignedidentifier` of the generic functions guide): the one stable
 * name of a fact, by which copies of it are recognised. What already carries one keeps it.
 */
export function assignCustodianIdentifier(
  draft: Draft & { id: string },
  tenant: Ura,
  tables: CodeTables,
): void {
  const { resourceType } = draft;
  if (tables.singleIdentifier.has(resourceType) || tables.noIdentifier.has(resourceType)) return;
  const identifiers = draft.identifier ?? [];
  if (tables.limitedIdentifier.has(resourceType) && identifiers.length > 0) return;
  if (identifiers.some(isCustodianAssigned)) return;
  draft.identifier = [
    ...identifiers,
    {
      use: 'official',
      system: 'urn:ietf:rfc:3986',
      value: `urn:uuid:${draft.id}`,
      assigner: {
        type: 'Organization',
        identifier: {
          type: { coding: [{ system: codeSystems.participantType, code: 'custodian' }] },
          system: identifierSystems.ura,
          value: tenant,
        },
      },
    },
  ];
}

export function isCustodianAssigned(identifier: Identifier): boolean {
  return (
    identifier.assigner?.identifier?.type?.coding?.some(
      (coding) => coding.system === codeSystems.participantType && coding.code === 'custodian',
    ) === true
  );
}

import { codeSystems } from '../fhir-systems.js';
import type { CodeTables } from '../tables/code-tables.js';

const terminology = 'http://terminology.hl7.org/CodeSystem';
const v3Systems: Readonly<Record<string, string>> = {
  '2.16.840.1.113883.5.1': `${terminology}/v3-AdministrativeGender`,
  '2.16.840.1.113883.5.2': `${terminology}/v3-MaritalStatus`,
  '2.16.840.1.113883.5.4': codeSystems.actCode,
  '2.16.840.1.113883.5.83': codeSystems.interpretation,
  '2.16.840.1.113883.5.111': codeSystems.roleCode,
  '2.16.840.1.113883.5.90': codeSystems.participationType,
  '2.16.840.1.113883.5.1008': codeSystems.nullFlavor,
};

const OID = 'urn:oid:';

/** URI of the code system or numbering scheme that has an OID; undefined when no table names it. */
export function findSystemOfOid(oid: string, tables: CodeTables): string | undefined {
  return v3Systems[oid] ?? tables.findCodingSystemOfOid(oid) ?? tables.findIdentifierSystemOfOid(oid);
}

/**
 * A system as FHIR writes it: one that has an address of its own is not named by its OID (terminologies-systems.html).
 * Senders that come from HL7 version 3 do.
 */
export function canonicalSystem(system: string, tables: CodeTables): string {
  return system.startsWith(OID) ? (findSystemOfOid(system.slice(OID.length), tables) ?? system) : system;
}

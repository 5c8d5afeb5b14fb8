import { codeSystems, extensionUrls } from '../fhir-systems.js';
import type { Address } from '../fhir-types.js';
import type { CodeTables } from '../tables/code-tables.js';
import { concept, hasCodeSpecification } from './concepts.js';

/** Countries that come as a code get that code as the zib wants it (LandISOCodelijst). */
function shapeAddress(address: Address | undefined, tables: CodeTables): void {
  const code = address?.country === undefined ? undefined : tables.findCountry(address.country);
  if (address === undefined || code === undefined || hasCodeSpecification(address._country)) return;
  address._country = {
    ...address._country,
    extension: [
      ...(address._country?.extension ?? []),
      { url: extensionUrls.codeSpecification, valueCodeableConcept: concept(codeSystems.country, code) },
    ],
  };
}

export function shapeAddresses(addresses: Address | Address[] | undefined, tables: CodeTables): void {
  if (addresses === undefined) return;
  for (const address of Array.isArray(addresses) ? addresses : [addresses]) shapeAddress(address, tables);
}

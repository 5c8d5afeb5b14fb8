import { codeSystems, extensionUrls } from '../fhir-systems.js';
import type { Address } from '../fhir-types.js';
import { concept, hasCodeSpecification } from './concepts.js';

const COUNTRY = /^[A-Z]{2}$/;

/** Countries that come as an ISO 3166 code get that code as the zib wants it; names stay names. */
export function shapeAddress(address: Address): void {
  const { country } = address;
  if (country === undefined || !COUNTRY.test(country) || hasCodeSpecification(address._country)) return;
  address._country = {
    ...address._country,
    extension: [
      ...(address._country?.extension ?? []),
      { url: extensionUrls.codeSpecification, valueCodeableConcept: concept(codeSystems.country, country) },
    ],
  };
}

export function shapeAddresses(addresses: Address | Address[] | undefined): void {
  if (addresses === undefined) return;
  for (const address of Array.isArray(addresses) ? addresses : [addresses]) shapeAddress(address);
}

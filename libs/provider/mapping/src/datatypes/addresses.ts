import { codeSystems, extensionUrls } from '../fhir-systems.js';
import type { Address } from '../fhir-types.js';
import countries from '../tables/countries.json' with { type: 'json' };
import { concept, hasCodeSpecification } from './concepts.js';

const alpha2: ReadonlySet<string> = new Set(countries.codes.join('').split(' '));
const alpha3: ReadonlyMap<string, string> = new Map(Object.entries(countries.alpha3));

/** ISO 3166 code of a country that comes as a code; names stay names. */
export function findCountryCode(country: string): string | undefined {
  return alpha2.has(country) ? country : alpha3.get(country);
}

/** Countries that come as a code get that code as the zib wants it (LandISOCodelijst). */
export function shapeAddress(address: Address | undefined): void {
  const code = address?.country === undefined ? undefined : findCountryCode(address.country);
  if (address === undefined || code === undefined || hasCodeSpecification(address._country)) return;
  address._country = {
    ...address._country,
    extension: [
      ...(address._country?.extension ?? []),
      { url: extensionUrls.codeSpecification, valueCodeableConcept: concept(codeSystems.country, code) },
    ],
  };
}

export function shapeAddresses(addresses: Address | Address[] | undefined): void {
  if (addresses === undefined) return;
  for (const address of Array.isArray(addresses) ? addresses : [addresses]) shapeAddress(address);
}

/** Accents and case aside (http://hl7.org/fhir/R4/search.html#string). */
export function fold(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

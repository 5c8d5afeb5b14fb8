/** As string searches compare (http://hl7.org/fhir/R4/search.html#string): without case, accents and extra space. */
export function foldText(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/\s+/g, ' ').trim();
}

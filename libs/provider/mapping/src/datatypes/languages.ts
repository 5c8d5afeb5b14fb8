/** ValueSet `languages` of FHIR R4, to which `Resource.language` is bound. */
const languages: ReadonlySet<string> = new Set(
  (
    'ar bn cs da de de-AT de-CH de-DE el en en-AU en-CA en-GB en-IN en-NZ en-SG en-US es es-AR es-ES es-UY fi fr fr-BE ' +
    'fr-CH fr-FR fy fy-NL hi hr it it-CH it-IT ja ko nl nl-BE nl-NL no no-NO pa pl pl-PL pt pt-BR ru ru-RU sr sr-RS sv ' +
    'sv-SE te zh zh-CN zh-HK zh-SG zh-TW'
  ).split(' '),
);

/** The language as FHIR lists it, without the region where the region is not listed. */
export function knownLanguage(tag: string): string | undefined {
  if (languages.has(tag)) return tag;
  const primary = tag.split('-')[0]?.toLowerCase() ?? '';
  return languages.has(primary) ? primary : undefined;
}

import type { Custodian } from '@samenhang/client';

/** `ura|name|address of its FHIR API`, one a line or separated by semicolons. @throws RangeError */
export function readCareProviders(text: string): Custodian[] {
  return text
    .split(/[;\n]/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [ura = '', name = '', fhirUrl = '', ...rest] = line.split('|').map((part) => part.trim());
      const isAddress = URL.canParse(fhirUrl) && /^https?:/.test(fhirUrl);
      if (!/^\d{8}$/.test(ura) || name === '' || !isAddress || rest.length > 0)
        throw new RangeError('CARE_PROVIDERS: each is <ura>|<name>|<address of its FHIR API>');
      return { ura, name, fhirUrl: fhirUrl.replace(/\/+$/, '') };
    });
}

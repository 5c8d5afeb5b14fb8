import type { SourceFormat } from '@samenhang/data-model';

const HEADER_BYTES = 500;
/** The resource type at the head of a JSON text, where nearly every server puts it. */
const LEADING_TYPE = /^\s*\{\s*"resourceType"\s*:\s*"([A-Za-z]{1,64})"/;

/**
 * What kind of message this is, as a replay may select it: `ADT^A01`, or the type of the FHIR resource. Read from the first
 * bytes only, as it is done for each message at the door.
 */
export function messageTypeOf(format: SourceFormat, content: Buffer): string | undefined {
  const head = content.toString('latin1', 0, HEADER_BYTES);
  switch (format) {
    case 'hl7v2':
      return hl7Type(head);
    case 'fhir-r4':
    case 'fhir-stu3':
      return LEADING_TYPE.exec(head)?.[1];
    case 'cda':
      return 'ClinicalDocument';
    case 'table-row':
      return 'row';
  }
}

/** MSH-9, components 1 and 2. MSH-1 is the field separator itself, so MSH-9 is the ninth part of the segment. */
function hl7Type(head: string): string | undefined {
  const [field, component] = [head[3], head[4]];
  if (!head.startsWith('MSH') || field === undefined || component === undefined) return undefined;
  const type = head.split('\r', 1)[0]?.split(field)[8];
  const parts = type?.split(component, 2).filter((part) => /^[A-Z0-9]{1,20}$/.test(part)) ?? [];
  return parts.length === 0 ? undefined : parts.join('^');
}

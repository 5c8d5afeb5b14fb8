import { getUra, type FhirResource, type SourceId, type SourceSettings } from '@samenhang/data-model';
import {
  normaliseMessage,
  type NormalisedChange,
  type NormalisedMessage,
  type SourceMessage,
} from '@samenhang/mapping';

export const settings: SourceSettings = {
  localIdentifierSystem: 'https://noord.example/patients',
  timeZone: 'Europe/Amsterdam',
  defaultCharset: 'UNICODE UTF-8',
  displayName: 'Hospital Noord',
};

export const source = { tenant: getUra('22222222'), sourceId: 'epd' as SourceId, settings };
export const sourceUri = 'https://samenhang.example/fhir/source/22222222/epd';

export const profile = (name: string): string[] => [`http://nictiz.nl/fhir/StructureDefinition/${name}`];

export function hl7(...segments: string[]): SourceMessage {
  return { ...source, format: 'hl7v2', content: Buffer.from(`${segments.join('\r')}\r`) };
}

export function msh(type: string, version = '2.5'): string {
  return `MSH|^~\\&|EPD|NOORD|SAMENHANG|LDN|20260301120000||${type}|MSG1|P|${version}|||||NLD|UNICODE UTF-8`;
}

export const bareAdmission = [
  msh('ADT^A01^ADT_A01'),
  'EVN|A01|20260301120000',
  'PID|1||1234567^^^^PI||Jansen^Anna^^^^^L',
];
export const bareResult = [
  msh('ORU^R01^ORU_R01'),
  'PID|1||1234567^^^^PI||Jansen^Anna',
  'OBR|1|P1|F1|24323-8^Panel^LN|||202607010815|||||||||||||||||CH|F',
];

export function fhir(content: unknown): SourceMessage {
  return { ...source, format: 'fhir-r4', content: Buffer.from(JSON.stringify(content)) };
}

export type Accepted = Extract<NormalisedMessage, { outcome: 'accepted' }>;

export function accept(message: SourceMessage): Accepted {
  const result = normaliseMessage(message);
  if (result.outcome === 'rejected') throw new Error(`Rejected: ${JSON.stringify(result.issues)}`);
  return result;
}

export type Put = Extract<NormalisedChange, { action: 'put' }>;

export function puts({ changes }: Accepted): Put[] {
  return changes.filter((change): change is Put => change.action === 'put');
}

export function resources(result: Accepted, type: string): FhirResource[] {
  return puts(result)
    .map(({ resource }) => resource)
    .filter((resource) => resource.resourceType === type);
}

/** The one resource of a type that a message gives. */
export function only(result: Accepted, type: string): FhirResource {
  const [first, ...others] = resources(result, type);
  if (first === undefined || others.length > 0)
    throw new Error(`${others.length + (first === undefined ? 0 : 1)} × ${type}`);
  return first;
}

export function codes(result: { issues: readonly { code: string; location: string }[] }): string[] {
  return result.issues.map(({ code, location }) => `${code} ${location}`);
}

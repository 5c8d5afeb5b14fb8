import { viewUrls } from '@samenhang/data-model';
import {
  extensionsOf,
  findText,
  partsOf,
  recordOf,
  recordsOf,
  textsOf,
  choiceOf,
  type Json,
} from './fhir-shape.js';
import { conceptText } from './describe-fact.js';
import type { DemographicElement, Demographics } from './patient-view.js';
import { readSources, type BundleIndex } from './read-facts.js';

/** The person as the representative record has it, and per element what every custodian states. */
export function readDemographics(address: string, patient: Json, index: BundleIndex): Demographics {
  const provenance = index.provenance.get(address) ?? {};
  const summary = {
    name: nameText(patient['name']),
    birthDate: findText(patient['birthDate']),
    gender: findText(patient['gender']),
    address: addressText(patient['address']),
  };
  const present = Object.fromEntries(Object.entries(summary).filter(([, text]) => text !== undefined));
  return { ...present, elements: readElements(provenance, index), sources: readSources(provenance) };
}

function readElements(provenance: Json, index: BundleIndex): DemographicElement[] {
  const elements = new Map<string, DemographicElement['values'][number][]>();
  for (const extension of extensionsOf(provenance, viewUrls.demographicElement)) {
    const element = findText(partsOf(extension, 'element')[0]) ?? '';
    const patient = recordOf(index.resources.get(String(partsOf(extension, 'statedIn')[0])));
    const value = patient[element] ?? choiceOf(patient, element)?.value;
    const custodians = partsOf(extension, 'custodian').flatMap((identifier) =>
      textsOf([recordOf(identifier)['value']]),
    );
    elements.set(element, [
      ...(elements.get(element) ?? []),
      { value, text: textOf(element, value), custodians },
    ]);
  }
  return [...elements].map(([element, values]) => ({ element, values }));
}

function textOf(element: string, value: unknown): string {
  if (element === 'name') return nameText(value) ?? '';
  if (element === 'address') return addressText(value) ?? '';
  if (element === 'telecom')
    return recordsOf(value)
      .map((contact) => String(contact['value'] ?? ''))
      .join(', ');
  const concept = conceptText(value);
  if (concept !== undefined) return concept;
  return typeof value === 'object' ? JSON.stringify(value) : String(value ?? '');
}

function nameText(value: unknown): string | undefined {
  const [name] = recordsOf(value);
  if (name === undefined) return undefined;
  const parts = [...textsOf(name['prefix']), ...textsOf(name['given']), ...textsOf([name['family']])];
  return findText(name['text']) ?? (parts.length > 0 ? parts.join(' ') : undefined);
}

function addressText(value: unknown): string | undefined {
  const [address] = recordsOf(value);
  if (address === undefined) return undefined;
  const parts = [
    ...textsOf(address['line']),
    ...textsOf([address['postalCode'], address['city'], address['country']]),
  ];
  return findText(address['text']) ?? (parts.length > 0 ? parts.join(', ') : undefined);
}

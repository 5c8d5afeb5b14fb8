import {
  dataCategorySystem,
  identifierSystems,
  isDataCategory,
  findUra,
  type DataCategory,
  type Ura,
} from '@samenhang/data-model';
import { custodianExtension, emptyReasonSystem, patientHandleSystem, sourceSystem } from './guide-names.js';

export interface BundleContent {
  readonly token: string;
  readonly custodian: Ura;
  readonly sourceId: string;
  readonly register: readonly DataCategory[];
  readonly deregister: readonly DataCategory[];
}

export interface Localisation {
  readonly custodian: Ura;
  readonly category: DataCategory;
}

/**
 * A transaction of changes, for each patient with a token of its own. Creates are conditional and deletions by criteria,
 * so that sending it again changes nothing more.
 */
export function toRegistrationBundle(...contents: BundleContent[]): Readonly<Record<string, unknown>> {
  return { resourceType: 'Bundle', type: 'transaction', entry: contents.flatMap(toEntries) };
}

/** Per entry the id that the index gave, of the answer to a transaction; undefined for what was deleted. */
export function readRegistrationIds(answer: unknown): readonly (string | undefined)[] {
  const { entry } = (answer ?? {}) as { entry?: unknown };
  if (!Array.isArray(entry)) return [];
  return (entry as ({ response?: { location?: unknown } } | null)[]).map((each) => {
    const location = each?.response?.location;
    return typeof location === 'string' ? LIST_ID.exec(location)?.[1] : undefined;
  });
}

const LIST_ID = /\/List\/([0-9a-f-]{36})$/;

function toEntries(content: BundleContent): object[] {
  return [
    ...content.deregister.map((category) => ({
      request: { method: 'DELETE', url: `List?${criteria(content, category, content.token)}` },
    })),
    ...content.register.map((category) => ({
      resource: toList(content, category),
      request: { method: 'POST', url: 'List', ifNoneExist: criteria(content, category) },
    })),
  ];
}

/** Custodian and category of each List of a searchset; undefined when it is not one. */
export function readLocalisations(bundle: unknown): Localisation[] | undefined {
  const {
    resourceType,
    type,
    entry = [],
  } = (bundle ?? {}) as { resourceType?: unknown; type?: unknown; entry?: unknown };
  if (resourceType !== 'Bundle' || type !== 'searchset' || !Array.isArray(entry)) return undefined;
  const localisations: Localisation[] = [];
  for (const { resource } of entry as { resource?: ListShape }[]) {
    const custodian = findUra(custodianOf(resource) ?? '');
    const category = resource?.code?.coding?.find((coding) => coding.system === dataCategorySystem)?.code;
    if (custodian === undefined || category === undefined) return undefined;
    // A category this release does not know cannot be asked for at the holder either.
    if (isDataCategory(category)) localisations.push({ custodian, category });
  }
  return localisations;
}

/** What the index calls the person of a searchset in its events, when it tells. */
export function readPatientHandle(bundle: unknown): string | undefined {
  const { identifier } = (bundle ?? {}) as { identifier?: { system?: unknown; value?: unknown } };
  const { system, value } = identifier ?? {};
  return system === patientHandleSystem && typeof value === 'string' ? value : undefined;
}

interface ListShape {
  readonly extension?: readonly {
    readonly url?: string;
    readonly valueReference?: { readonly identifier?: { readonly value?: string } };
  }[];
  readonly code?: { readonly coding?: readonly { readonly system?: string; readonly code?: string }[] };
}

function custodianOf(list: ListShape | undefined): string | undefined {
  return list?.extension?.find((extension) => extension.url === custodianExtension)?.valueReference
    ?.identifier?.value;
}

function criteria(content: BundleContent, category: DataCategory, token?: string): string {
  return new URLSearchParams({
    ...(token === undefined
      ? {}
      : { 'subject:identifier': `${identifierSystems.referenceIndexPseudonym}|${token}` }),
    'source:identifier': `${sourceSystem}|${content.sourceId}`,
    code: `${dataCategorySystem}|${category}`,
  }).toString();
}

function toList(content: BundleContent, category: DataCategory): Readonly<Record<string, unknown>> {
  return {
    resourceType: 'List',
    extension: [
      {
        url: custodianExtension,
        valueReference: { identifier: { system: identifierSystems.ura, value: content.custodian } },
      },
    ],
    status: 'current',
    mode: 'working',
    code: { coding: [{ system: dataCategorySystem, code: category }] },
    subject: {
      identifier: { use: 'temp', system: identifierSystems.referenceIndexPseudonym, value: content.token },
    },
    source: { identifier: { system: sourceSystem, value: content.sourceId } },
    emptyReason: { coding: [{ system: emptyReasonSystem, code: 'withheld' }] },
  };
}

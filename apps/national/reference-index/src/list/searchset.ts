import type { OwnPage } from '../registrations/own-registrations.js';
import { toList, type ListResource } from './list-resource.js';
import { patientHandleSystem } from './guide-names.js';
import type { Parameters } from './list-search.js';

export interface Searchset {
  readonly resourceType: 'Bundle';
  /** Of the person, for those who may subscribe to changes. */
  readonly identifier?: { readonly system: string; readonly value: string };
  readonly type: 'searchset';
  readonly total: number;
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
  readonly entry?: readonly {
    readonly fullUrl: string;
    readonly resource: ListResource;
    readonly search: { readonly mode: 'match' };
  }[];
}

export function toSearchset(base: string, page: OwnPage, parameters?: Parameters): Searchset {
  const entry = page.registrations.map((registration) => ({
    fullUrl: `${base}/List/${registration.id}`,
    resource: toList(registration),
    search: { mode: 'match' as const },
  }));
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    total: page.total,
    ...(parameters === undefined ? {} : { link: links(base, page, parameters) }),
    ...(entry.length === 0 ? {} : { entry }),
  };
}

export function withPatientHandle(found: Searchset, patientHandle: string): Searchset {
  return { ...found, identifier: { system: patientHandleSystem, value: patientHandle } };
}

function links(base: string, page: OwnPage, parameters: Parameters): { relation: string; url: string }[] {
  const linkTo = (relation: string, changed: Parameters): { relation: string; url: string } => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...parameters, ...changed })) {
      if (typeof value === 'string') query.set(name, value);
    }
    const text = query.toString();
    return { relation, url: `${base}/List${text === '' ? '' : `?${text}`}` };
  };
  return [linkTo('self', {}), ...(page.next === undefined ? [] : [linkTo('next', { _cursor: page.next })])];
}

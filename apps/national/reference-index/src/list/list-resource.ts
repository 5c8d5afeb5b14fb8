import { dataCategorySystem, identifierSystems } from '@samenhang/data-model';
import type { Registration } from '../registrations/registration.js';
import { custodianExtension, emptyReasonSystem, listProfile, sourceSystem } from './guide-names.js';

export interface ListResource {
  readonly resourceType: 'List';
  readonly id: string;
  readonly [element: string]: unknown;
}

/** A registration never changes, so it has one version. */
export const listETag = 'W/"1"';

/** A registration as the guide's List. The subject is left out: a pseudonym leaves the index in no form. */
export function toList(registration: Registration): ListResource {
  return {
    resourceType: 'List',
    id: registration.id,
    meta: { versionId: '1', lastUpdated: registration.createdAt.toISOString(), profile: [listProfile] },
    extension: [
      {
        url: custodianExtension,
        valueReference: { identifier: { system: identifierSystems.ura, value: registration.custodian } },
      },
    ],
    status: 'current',
    mode: 'working',
    code: { coding: [{ system: dataCategorySystem, code: registration.category }] },
    source: { identifier: { system: sourceSystem, value: registration.source } },
    emptyReason: { coding: [{ system: emptyReasonSystem, code: 'withheld' }] },
  };
}

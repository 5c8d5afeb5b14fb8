import { Injectable } from '@nestjs/common';
import type { Ura } from '@samenhang/data-model';
import { getBsn, type Bsn } from '@samenhang/patient-identity';
import type { Sealed } from '@samenhang/persistence';
import { TransferSeal } from '../storage/transfer-seal.js';
import type { InboxItem } from './inbox-table.js';

/** Of an item: whom it is about, and what opens the data at the sender. */
export interface Secrets {
  readonly bsn?: Bsn;
  readonly authorizationBase?: string;
}

@Injectable()
export class ItemSecrets {
  constructor(private readonly transferSeal: TransferSeal) {}

  seal(tenant: Ura, id: string, secrets: Secrets): Sealed {
    return this.transferSeal.seal(JSON.stringify(secrets), rowOf(tenant, id));
  }

  open({ tenant, id, sealed }: Pick<InboxItem, 'tenant' | 'id' | 'sealed'>): Secrets {
    if (sealed === null) return {};
    const { bsn, authorizationBase } = JSON.parse(this.transferSeal.open(sealed, rowOf(tenant, id))) as {
      bsn?: string;
      authorizationBase?: string;
    };
    return {
      ...(bsn === undefined ? {} : { bsn: getBsn(bsn) }),
      ...(authorizationBase === undefined ? {} : { authorizationBase }),
    };
  }
}

function rowOf(tenant: Ura, id: string): string {
  return `${tenant}/inbox/${id}`;
}

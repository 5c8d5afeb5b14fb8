import { getUra, type Ura } from '@samenhang/data-model';
import type { PersonReader } from '@samenhang/portal-server';

/** Somebody who builds on the platform, and tries it in the name of a fictional professional. */
export interface Developer extends TrialIdentity {
  readonly name: string;
}

interface TrialIdentity {
  /** Care provider of the professional. */
  readonly organisation: Ura;
  /** Of the professional, at the Dezi emulator. */
  readonly deziNumber: string;
}

/** An account or a role gives a professional to try as; the first of several. */
export const developers: PersonReader<TrialIdentity, Developer> = {
  readRights: (text) => ({ organisation: getUra(text('organisation')), deziNumber: text('deziNumber') }),
  toPerson: (name, [first]) => ({ ...first, name }),
};

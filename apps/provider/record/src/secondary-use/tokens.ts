import type { SecondaryUseObjections } from '@samenhang/consent';
import type { Ura } from '@samenhang/data-model';

/** Checks permits; reads its secret when the first one comes. */
export const PERMIT_VERIFIER = Symbol('record.permit-verifier');
/** Who objects to secondary use, as each holder asks. */
export const OBJECTION_REGISTERS = Symbol('record.objection-registers');
export type ObjectionRegisters = (tenant: Ura) => Pick<SecondaryUseObjections, 'whoObjects'>;

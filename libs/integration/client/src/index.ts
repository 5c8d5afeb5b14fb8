export type * from './patient-view.js';
export type { BoundAccessToken, TokenSource } from './tokens.js';
export { ProfessionalTokens, type ProfessionalTokensOptions } from './professional-tokens.js';
export { proofHeaders } from './proof.js';
export { readPatientView } from './read-view.js';
export { SamenhangClient, type SamenhangClientOptions } from './samenhang-client.js';
export { Failure as SamenhangFailure } from '@samenhang/errors';

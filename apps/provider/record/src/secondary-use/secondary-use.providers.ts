import type { Provider } from '@nestjs/common';
import { SecondaryUseObjections, type ObjectionsRequest } from '@samenhang/consent';
import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { AccessTokens, authorisedFetch } from '@samenhang/identity';
import { PermitVerifier } from '@samenhang/secondary-use';
import { ServiceEnvironment } from '@samenhang/service-kit';
import type { JWK } from 'jose';
import { RecordConfiguration } from '../record.configuration.js';
import { ExportService } from './export/export.service.js';
import { askStanding, PermitStanding } from './permit-standing.js';
import { PermitPolicy } from './permit-policy.js';
import { ProjectPseudonyms } from './project-pseudonyms.js';
import { SecondaryCallers } from './secondary-callers.js';
import { OBJECTION_REGISTERS, PERMIT_VERIFIER, type ObjectionRegisters } from './tokens.js';
import { ViewRunService } from './view-run.service.js';

const TIMEOUT_MS = 10_000;

export const secondaryUseProviders: Provider[] = [
  ViewRunService,
  ExportService,
  PermitPolicy,
  SecondaryCallers,
  {
    provide: PERMIT_VERIFIER,
    inject: [ServiceEnvironment],
    useFactory: (environment: ServiceEnvironment) => {
      let verifier: PermitVerifier | undefined;
      // Read when the first permit comes: a node without secondary use needs no such secret.
      return () => (verifier ??= new PermitVerifier(environment.secret<{ keys: JWK[] }>('permit-authority')));
    },
  },
  {
    provide: ProjectPseudonyms,
    inject: [ServiceEnvironment, AccessTokens],
    useFactory: (environment: ServiceEnvironment, tokens: AccessTokens) =>
      new ProjectPseudonyms(environment.serviceUrl('pseudonymisation'), tokens),
  },
  {
    provide: PermitStanding,
    inject: [ServiceEnvironment, AccessTokens, RecordConfiguration],
    useFactory: (environment: ServiceEnvironment, tokens: AccessTokens, configuration: RecordConfiguration) =>
      new PermitStanding(
        askStanding(environment.serviceUrl('secondary-use-api'), tokens),
        configuration.secondaryUsePermitSeconds * 1000,
      ),
  },
  {
    provide: OBJECTION_REGISTERS,
    inject: [ServiceEnvironment, AccessTokens],
    useFactory: (environment: ServiceEnvironment, tokens: AccessTokens): ObjectionRegisters => {
      const ofTenants = new Map<Ura, SecondaryUseObjections>();
      return (tenant) => {
        const known = ofTenants.get(tenant) ?? objectionsOf(tenant, environment, tokens);
        ofTenants.set(tenant, known);
        return known;
      };
    },
  },
];

/** Each holder asks on its own behalf, of its own patients. */
function objectionsOf(
  organisation: Ura,
  environment: ServiceEnvironment,
  tokens: AccessTokens,
): SecondaryUseObjections {
  const audience = environment.serviceUrl('consent-register');
  return new SecondaryUseObjections(async (request: ObjectionsRequest) => {
    const token = await tokens.clientCredentials({ audience, scope: 'consent:secondary-use', organisation });
    const response = await authorisedFetch(token, `${audience}/secondary-use/objections/_search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      timeoutMs: TIMEOUT_MS,
    }).catch((cause: unknown) => {
      throw new Failure('unavailable', 'Who objects cannot be asked now, so nobody’s data is used', {
        cause,
      });
    });
    if (!response.ok)
      throw new Failure('unavailable', 'Who objects is not answered now, so nobody’s data is used');
    return response.json();
  });
}

import { Module } from '@nestjs/common';
import { ServiceEnvironment } from '@samenhang/service-kit';
import type { JWK } from 'jose';
import { CitizenLoginController } from './citizen-login.controller.js';
import { DeziController, PUBLIC_KEYS } from './dezi.controller.js';
import { StatementIssuer } from './statement-issuer.js';

interface DeziSecrets {
  readonly signing: JWK;
}

@Module({
  controllers: [CitizenLoginController, DeziController],
  providers: [
    {
      provide: StatementIssuer,
      useFactory: (environment: ServiceEnvironment) =>
        new StatementIssuer(environment.secret<DeziSecrets>('dezi').signing, environment.publicUrl),
      inject: [ServiceEnvironment],
    },
    {
      provide: PUBLIC_KEYS,
      useFactory: (environment: ServiceEnvironment): readonly JWK[] => {
        const { kty, kid, alg, use, n, e } = environment.secret<DeziSecrets>('dezi').signing as Record<
          string,
          string
        >;
        return [{ kty, kid, alg, use, n, e } as JWK];
      },
      inject: [ServiceEnvironment],
    },
  ],
})
export class DeziModule {}

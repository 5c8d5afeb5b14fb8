import { Module } from '@nestjs/common';
import { PatientKeyring } from '@samenhang/patient-identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { NormaliseConsumer } from './normalise.consumer.js';

@Module({
  controllers: [NormaliseConsumer],
  providers: [
    {
      provide: PatientKeyring,
      useFactory: (environment: ServiceEnvironment) => {
        const { secret } = environment.secret<{ secret: string }>('patient-keyring');
        return new PatientKeyring(Buffer.from(secret, 'base64'));
      },
      inject: [ServiceEnvironment],
    },
  ],
})
export class NormaliseModule {}

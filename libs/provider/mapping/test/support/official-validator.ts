import { join } from 'node:path';
import { sharedMaterial } from '@samenhang/testing';

export { validate, validatorAbsence } from '@samenhang/testing';

/** Has the validator know the International Patient Summary. */
export const withIps = ['--extra', join(sharedMaterial, 'fhir-packages/ips-1.1.0')];

export const samples = {
  hl7v2: join(sharedMaterial, 'samples/hl7v2'),
  synthea: join(sharedMaterial, 'synthea/bundles'),
};

import { concept, hasCoding, satisfies } from '../datatypes/concepts.js';
import { codeSystems } from '../fhir-systems.js';
import type { Coverage } from '../fhir-types.js';
import { conformsTo, staysBase, type Conformance, type ProfileContext } from './conformance.js';

/** Who pays: an insurer, or a person. */
export function shapeCoverage(coverage: Coverage, context: ProfileContext): Conformance {
  const [payor, ...others] = coverage.payor ?? [];
  if (payor === undefined || others.length > 0) {
    return staysBase(
      'out-of-range',
      'unmapped-payor',
      'The profile has one payer, the coverage none or several',
    );
  }
  const isPerson = payor.type === 'Patient' || payor.type === 'RelatedPerson';
  if (isPerson) {
    if (!hasCoding(coverage.type, codeSystems.selfPay, 'pay')) {
      const codings = coverage.type?.coding ?? [];
      coverage.type = {
        ...coverage.type,
        coding: [...(concept(codeSystems.selfPay, 'pay').coding ?? []), ...codings],
      };
    }
    return conformsTo('nl-core-Payer.PayerPerson');
  }
  if (coverage.type !== undefined && !satisfies(coverage.type, 'Verzekeringssoort', context.tables)) {
    return staysBase(
      'unmapped-code',
      'unmapped-insurance-type',
      'The type of insurance has no code in VerzekeringssoortCodelijst',
      coverage.type,
    );
  }
  return conformsTo('nl-core-Payer.InsuranceCompany');
}

import { concept, hasCoding, withOther } from '../datatypes/concepts.js';
import { codeSystems } from '../fhir-systems.js';
import type { Consent } from '../fhir-types.js';
import type { ListName } from '../tables/code-tables.js';
import { conformsTo, staysBase, type Conformance, type ProfileContext } from './conformance.js';

const treatmentDirective = '129125009';
const advanceDirective = 'acd';

/** The law that directives about treatment rest on (Burgerlijk Wetboek, book 7, title 7.5); ppc-1 wants one named. */
const treatmentContractsAct = 'https://wetten.overheid.nl/BWBR0005290/';

/** A directive about treatment or in advance. Other consents (to exchange, to research) are no zib. */
export function shapeConsent(consent: Consent, context: ProfileContext): Conformance {
  if (hasCategory(consent, codeSystems.snomed, treatmentDirective)) {
    return shapeDirective(consent, 'treatment', 'Behandeling', 'nl-core-TreatmentDirective2', context);
  }
  const isAdvance =
    hasCategory(consent, codeSystems.consentCategory, advanceDirective) ||
    hasCoding(consent.scope, codeSystems.consentScope, 'adr');
  if (!isAdvance) return staysBase('no-zib', 'no-zib', 'This consent is no directive and stays base R4');
  if (!hasCategory(consent, codeSystems.consentCategory, advanceDirective))
    consent.category = [concept(codeSystems.consentCategory, advanceDirective), ...(consent.category ?? [])];
  return shapeDirective(consent, 'adr', 'Wilsverklaring', 'nl-core-AdvanceDirective', context);
}

function shapeDirective(
  consent: Consent,
  scope: string,
  list: ListName,
  profile: string,
  context: ProfileContext,
): Conformance {
  const codes = consent.provision?.code ?? [];
  if (codes.length > 1) {
    return staysBase(
      'out-of-range',
      'several-directives',
      'The consent has several directives, the profile has room for one',
    );
  }
  for (const code of codes) if (!context.tables.hasListed(list, code)) withOther(code);
  if (!hasCoding(consent.scope, codeSystems.consentScope, scope)) {
    consent.scope = {
      ...consent.scope,
      coding: [{ system: codeSystems.consentScope, code: scope }, ...(consent.scope?.coding ?? [])],
    };
  }
  if (consent.policy === undefined && consent['policyRule'] === undefined)
    consent.policy = [{ uri: treatmentContractsAct }];
  return conformsTo(profile);
}

function hasCategory(consent: Consent, system: string, code: string): boolean {
  return consent.category?.some((category) => hasCoding(category, system, code)) === true;
}

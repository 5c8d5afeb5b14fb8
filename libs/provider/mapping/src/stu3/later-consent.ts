import { codeSystems, nictiz } from '../fhir-systems.js';
import { codingsOf, hasCode, takeExtension, textOf, treeOf, treesOf, type Tree } from '../json-tree.js';
import type { Stu3Names } from './stu3-names.js';

const treatmentRecord = '11291000146105';
const advanceRecord = '11341000146107';
const consenter = { coding: [{ system: codeSystems.roleCode, code: 'CONSENTER' }] };
const representative = { coding: [{ system: codeSystems.roleCode, code: 'RESPRSN' }] };

/** zib 2017 has the directive in extensions; R4 has a place for it in `provision`. */
export function bringConsentForward(draft: Tree, names: Stu3Names): void {
  const isTreatment = hasCode(draft['category'], codeSystems.snomed, treatmentRecord);
  const isAdvance = hasCode(draft['category'], codeSystems.snomed, advanceRecord);
  const provision: Tree = {};
  if (draft['period'] !== undefined) provision['period'] = draft['period'];
  delete draft['period'];
  addActors(draft, provision, isTreatment ? consenter : representative);
  if (isTreatment) bringTreatment(draft, provision, names);
  if (isAdvance) bringAdvance(draft, provision);
  if (!isTreatment && !isAdvance) {
    draft['scope'] ??= consentScope('patient-privacy');
    bringExceptions(draft, provision);
  }
  delete draft['except'];
  if (Object.keys(provision).length > 0) draft['provision'] = provision;
}

/** STU3 has a policy and what is excepted from it, R4 rules within rules. */
function bringExceptions(draft: Tree, provision: Tree): void {
  const exceptions = treesOf(draft['except']).map(({ code, ...exception }) => ({
    ...exception,
    ...(code === undefined ? {} : { code: treesOf(code).map((coding) => ({ coding: [coding] })) }),
  }));
  if (exceptions.length === 1) Object.assign(provision, exceptions[0]);
  else if (exceptions.length > 1) provision['provision'] = exceptions;
}

function bringTreatment(draft: Tree, provision: Tree, names: Stu3Names): void {
  draft['scope'] = consentScope('treatment');
  draft['category'] = [
    { coding: [{ system: codeSystems.snomed, code: '129125009' }] },
    ...treesOf(draft['category']),
  ];
  const treatment = takeExtension(draft, `${nictiz}/zib-TreatmentDirective-Treatment`)?.[
    'valueCodeableConcept'
  ];
  if (treatment !== undefined) provision['code'] = [treatment];
  bringVerification(draft);
  const permitted = takeExtension(
    draft,
    `${nictiz}/zib-TreatmentDirective-TreatmentPermitted`,
    'modifierExtension',
  );
  const [coding] = codingsOf(permitted?.['valueCodeableConcept']);
  const type = names.permission(textOf(coding?.['code']) ?? '');
  const [restriction] = treesOf(draft['except']).flatMap((exception) => treesOf(exception['extension']));
  if (type !== undefined) provision['type'] = type;
  else if (coding !== undefined) {
    const text = textOf(restriction?.['valueString']) ?? textOf(coding['display']) ?? textOf(coding['code']);
    draft['modifierExtension'] = [
      ...treesOf(draft['modifierExtension']),
      { url: `${nictiz}/ext-TreatmentDirective2.SpecificationOther`, valueString: text },
    ];
  }
}

function bringVerification(draft: Tree): void {
  const parts = treesOf(takeExtension(draft, `${nictiz}/zib-TreatmentDirective-Verification`)?.['extension']);
  const part = (url: string): Tree | undefined => parts.find((extension) => extension['url'] === url);
  const verified = part('Verified')?.['valueBoolean'];
  if (typeof verified !== 'boolean') return;
  const date = part('VerificationDate')?.['valueDateTime'];
  const who = treeOf(part('VerifiedWith')?.['valueCodeableConcept']);
  const [person] = codingsOf(who);
  const display = textOf(person?.['display']) ?? textOf(who?.['text']) ?? textOf(person?.['code']);
  draft['verification'] = [
    {
      verified,
      ...(display === undefined ? {} : { verifiedWith: { display } }),
      ...(date === undefined ? {} : { verificationDate: date }),
    },
  ];
}

function bringAdvance(draft: Tree, provision: Tree): void {
  draft['scope'] = consentScope('adr');
  const categories = treesOf(draft['category']);
  const [kind] = categories.filter((category) => !hasCode(category, codeSystems.snomed, advanceRecord));
  if (kind !== undefined) provision['code'] = [kind];
  draft['category'] = [
    { coding: [{ system: codeSystems.consentCategory, code: 'acd' }] },
    ...categories.filter((category) => category !== kind),
  ];
}

function addActors(draft: Tree, provision: Tree, role: object): void {
  const parties = treesOf(draft['consentingParty']);
  const actors = treesOf(draft['actor']);
  delete draft['consentingParty'];
  delete draft['actor'];
  const all = [...parties.map((reference) => ({ role, reference })), ...actors];
  if (all.length > 0) provision['actor'] = all;
}

function consentScope(code: string): object {
  return { coding: [{ system: codeSystems.consentScope, code }] };
}

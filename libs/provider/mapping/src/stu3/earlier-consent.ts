import { codeSystems, nictiz } from '../fhir-systems.js';
import { codingsOf, hasCode, takeExtension, textOf, treeOf, treesOf, type Tree } from '../json-tree.js';

const permittedSystem = 'urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4';

/** Directives of zib 2020 as zib 2017 has them: the treatment and the decision on it in extensions. */
export function takeConsentBack(draft: Tree): void {
  const isTreatment = hasCode(draft['category'], codeSystems.snomed, '129125009');
  const isAdvance =
    hasCode(draft['category'], codeSystems.consentCategory, 'acd') ||
    hasCode(draft['category'], codeSystems.snomed, '11341000146107') ||
    hasCode(draft['scope'], codeSystems.consentScope, 'adr');
  const provision = treeOf(draft['provision']) ?? {};
  if (provision['period'] !== undefined) draft['period'] = provision['period'];
  const parties = treesOf(provision['actor']).map(({ reference }) => reference);
  if (parties.length > 0) draft['consentingParty'] = parties;
  const [verification] = treesOf(draft['verification']);
  for (const element of ['provision', 'scope', 'verification', 'policyRule']) delete draft[element];
  draft['policy'] ??= [{ uri: 'http://wetten.overheid.nl/' }];
  const [code] = treesOf(provision['code']);
  if (isTreatment && verification !== undefined) takeVerificationBack(draft, verification);
  if (isTreatment) takeTreatmentBack(draft, provision, code);
  else if (isAdvance) takeAdvanceBack(draft, code);
  else takeRulesBack(draft, provision);
}

/** What is no directive keeps its category, and its rules as exceptions from the policy. */
function takeRulesBack(draft: Tree, { period: _period, actor: _actor, ...provision }: Tree): void {
  const { provision: inner, ...outer } = provision;
  const rules = [...(Object.keys(outer).length === 0 ? [] : [outer]), ...treesOf(inner)];
  const exceptions = rules.map(({ code, ...rule }) => ({
    ...rule,
    ...(code === undefined ? {} : { code: treesOf(code).flatMap(codingsOf) }),
  }));
  if (exceptions.length > 0) draft['except'] = exceptions;
}

function takeVerificationBack(draft: Tree, { verified, verifiedWith, verificationDate }: Tree): void {
  const text = textOf(treeOf(verifiedWith)?.['display']);
  const extension = [
    { url: 'Verified', valueBoolean: verified },
    ...(text === undefined ? [] : [{ url: 'VerifiedWith', valueCodeableConcept: { text } }]),
    ...(verificationDate === undefined ? [] : [{ url: 'VerificationDate', valueDateTime: verificationDate }]),
  ];
  const url = `${nictiz}/zib-TreatmentDirective-Verification`;
  draft['extension'] = [...treesOf(draft['extension']), { url, extension }];
}

function takeTreatmentBack(draft: Tree, provision: Tree, code: Tree | undefined): void {
  draft['category'] = [{ coding: [{ system: codeSystems.snomed, code: '11291000146105' }] }];
  if (code !== undefined) {
    const extension = { url: `${nictiz}/zib-TreatmentDirective-Treatment`, valueCodeableConcept: code };
    draft['extension'] = [...treesOf(draft['extension']), extension];
  }
  const url = `${nictiz}/ext-TreatmentDirective2.SpecificationOther`;
  const other = takeExtension(draft, url, 'modifierExtension');
  const decision = { permit: 'JA', deny: 'NEE' }[textOf(provision['type']) ?? ''];
  const permitted = decision ?? (other === undefined ? undefined : 'JA_MAAR');
  if (permitted !== undefined) {
    const valueCodeableConcept = { coding: [{ system: permittedSystem, code: permitted }] };
    draft['modifierExtension'] = [
      ...treesOf(draft['modifierExtension']),
      { url: `${nictiz}/zib-TreatmentDirective-TreatmentPermitted`, valueCodeableConcept },
    ];
  }
  if (other === undefined) return;
  draft['except'] = [
    {
      extension: [
        { url: `${nictiz}/zib-TreatmentDirective-Restrictions`, valueString: other['valueString'] },
      ],
      type: 'deny',
    },
  ];
}

function takeAdvanceBack(draft: Tree, code: Tree | undefined): void {
  const rest = treesOf(draft['category']).filter(
    (category) =>
      !codingsOf(category).some((coding) => coding['code'] === 'acd' || coding['code'] === '11341000146107'),
  );
  draft['category'] = [
    { coding: [{ system: codeSystems.snomed, code: '11341000146107' }] },
    ...(code === undefined ? [] : [code]),
    ...rest,
  ];
}

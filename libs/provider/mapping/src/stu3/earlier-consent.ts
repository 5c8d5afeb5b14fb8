import { codeSystems, nictiz } from '../fhir-systems.js';
import { codingsOf, hasCode, takeExtension, textOf, treeOf, treesOf, type Tree } from '../json-tree.js';

const permittedSystem = 'urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4';

/** Directives of zib 2020 as zib 2017 has them: the treatment and the decision on it in extensions. */
export function takeConsentBack(draft: Tree): void {
  const isTreatment = hasCode(draft['category'], codeSystems.snomed, '129125009');
  const provision = treeOf(draft['provision']) ?? {};
  if (provision['period'] !== undefined) draft['period'] = provision['period'];
  const parties = treesOf(provision['actor']).map(({ reference }) => reference);
  if (parties.length > 0) draft['consentingParty'] = parties;
  for (const element of ['provision', 'scope', 'verification', 'policyRule']) delete draft[element];
  draft['policy'] ??= [{ uri: 'http://wetten.overheid.nl/' }];
  const [code] = treesOf(provision['code']);
  if (isTreatment) takeTreatmentBack(draft, provision, code);
  else takeAdvanceBack(draft, code);
}

function takeTreatmentBack(draft: Tree, provision: Tree, code: Tree | undefined): void {
  draft['category'] = [{ coding: [{ system: codeSystems.snomed, code: '11291000146105' }] }];
  if (code !== undefined) {
    const extension = { url: `${nictiz}/zib-TreatmentDirective-Treatment`, valueCodeableConcept: code };
    draft['extension'] = [...treesOf(draft['extension']), extension];
  }
  const url = `${nictiz}/ext-TreatmentDirective2.SpecificationOther`;
  const other = takeExtension(draft, url, 'modifierExtension');
  const permitted = { permit: 'JA', deny: 'NEE' }[textOf(provision['type']) ?? ''] ?? 'JA_MAAR';
  draft['modifierExtension'] = [
    ...treesOf(draft['modifierExtension']),
    {
      url: `${nictiz}/zib-TreatmentDirective-TreatmentPermitted`,
      valueCodeableConcept: { coding: [{ system: permittedSystem, code: permitted }] },
    },
  ];
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

import { codeSystems } from '../fhir-systems.js';
import { codingsOf, hasCode, takeExtension, textOf, treeOf, treesOf, type Tree } from '../json-tree.js';
import type { Stu3Names } from './stu3-names.js';

const bodyPosition = 'http://hl7.org/fhir/StructureDefinition/observation-bodyPosition';

/** Observations of zib 2020 as zib 2017 has them. */
export function takeObservationBack(draft: Tree, names: Stu3Names): void {
  const notes = treesOf(draft['note']).map(({ text }) => text);
  delete draft['note'];
  if (notes.length > 0) draft['comment'] = notes.join('\n');
  if (draft['encounter'] !== undefined) draft['context'] = draft['encounter'];
  const related = [
    ...treesOf(draft['hasMember']).map((target) => ({ type: 'has-member', target })),
    ...treesOf(draft['derivedFrom']).map((target) => ({ type: 'derived-from', target })),
  ];
  for (const element of ['encounter', 'hasMember', 'derivedFrom', 'partOf', 'focus']) delete draft[element];
  if (related.length > 0) draft['related'] = related;
  for (const component of treesOf(draft['component'])) takeComponentBack(component, names);
  const position = takeExtension(draft, bodyPosition)?.['valueCodeableConcept'];
  if (position !== undefined) {
    const code = { coding: [{ system: codeSystems.loinc, code: '8361-8' }] };
    draft['component'] = [...treesOf(draft['component']), { code, valueCodeableConcept: position }];
  }
  takeCategoryBack(draft, names);
  if (draft['valueInteger'] !== undefined) {
    draft['valueQuantity'] = { value: draft['valueInteger'] };
    delete draft['valueInteger'];
  }
}

function takeComponentBack(component: Tree, names: Stu3Names): void {
  for (const coding of codingsOf(component['code'])) {
    const earlier = names.earlierCode(textOf(coding['code']));
    if (earlier !== undefined) coding['code'] = earlier;
  }
  for (const concept of treesOf(component['interpretation']).slice(0, 1))
    component['interpretation'] = concept;
  if (component['valueInteger'] === undefined) return;
  component['valueQuantity'] = {
    value: component['valueInteger'],
    unit: 'PackYears',
    system: codeSystems.ucum,
    code: '{PackYears}',
  };
  delete component['valueInteger'];
}

/** BgZ 2017 asks for laboratory results by a category of SNOMED CT. */
function takeCategoryBack(draft: Tree, names: Stu3Names): void {
  const categories = treesOf(draft['category']);
  const system = names.earlierSystem(codeSystems.observationCategory);
  if (!hasCode(categories, system, 'laboratory')) return;
  const coding = { system: codeSystems.snomed, code: '49581000146104' };
  if (hasCode(categories, coding.system, coding.code)) return;
  draft['category'] = [{ coding: [coding] }, ...categories.filter((one) => treeOf(one) !== undefined)];
}

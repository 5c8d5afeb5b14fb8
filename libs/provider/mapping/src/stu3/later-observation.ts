import { codeSystems } from '../fhir-systems.js';
import { decimalValue, type Decimal } from '@samenhang/fhir-r4';
import { codingsOf, hasCode, textOf, treeOf, treesOf, type Tree } from '../json-tree.js';
import type { Stu3Names } from './stu3-names.js';

/** BgZ MSZ 2.0 asks for results by the first, BgZ 3.0 of MedMij by the second. */
const laboratory = ['49581000146104', '275711006'];
const livingSituation = '365508006';
const bodyPosition = 'http://hl7.org/fhir/StructureDefinition/observation-bodyPosition';
const sequel = 'http://hl7.org/fhir/StructureDefinition/observation-sequelTo';

export function bringObservationForward(draft: Tree, names: Stu3Names): readonly Tree[] {
  const comment = textOf(draft['comment']);
  delete draft['comment'];
  if (comment !== undefined) draft['note'] = [{ text: comment }];
  // R4 has the zib's status codes as its own.
  delete draft['_status'];
  renameContext(draft);
  bringRelationsForward(draft);
  for (const component of treesOf(draft['component'])) bringComponentForward(component, draft, names);
  const components = treesOf(draft['component']).filter((component) => component['code'] !== undefined);
  if (components.length === 0) delete draft['component'];
  else draft['component'] = components;
  const isLaboratory = laboratory.some((code) => hasCode(draft['category'], codeSystems.snomed, code));
  if (isLaboratory && !hasCode(draft['category'], codeSystems.observationCategory, 'laboratory')) {
    const category = { coding: [{ system: codeSystems.observationCategory, code: 'laboratory' }] };
    draft['category'] = [category, ...treesOf(draft['category'])];
  }
  return hasCode(draft['code'], codeSystems.snomed, livingSituation) ? takeLivingParts(draft) : [];
}

function renameContext(draft: Tree): void {
  if (draft['context'] === undefined) return;
  draft['encounter'] = draft['context'];
  delete draft['context'];
}

const relations: Readonly<Record<string, string>> = {
  'has-member': 'hasMember',
  'derived-from': 'derivedFrom',
};

function bringRelationsForward(draft: Tree): void {
  for (const related of treesOf(draft['related'])) {
    const kind = textOf(related['type']);
    const element = relations[kind ?? 'has-member'];
    if (element !== undefined) draft[element] = [...treesOf(draft[element]), related['target']];
    else if (kind === 'sequel-to') {
      const extension = { url: sequel, valueReference: related['target'] };
      draft['extension'] = [...treesOf(draft['extension']), extension];
    }
  }
  delete draft['related'];
}

function bringComponentForward(component: Tree, draft: Tree, names: Stu3Names): void {
  for (const coding of codingsOf(component['code'])) {
    const later = names.laterCode(`${textOf(coding['system']) ?? ''}|${textOf(coding['code']) ?? ''}`);
    if (later !== undefined) coding['code'] = later;
    if (later !== undefined) delete coding['display'];
  }
  const code = component['code'];
  if (hasCode(code, codeSystems.loinc, '8361-8')) {
    const extension = { url: bodyPosition, valueCodeableConcept: component['valueCodeableConcept'] };
    draft['extension'] = [...treesOf(draft['extension']), extension];
    delete component['code'];
  } else if (hasCode(code, codeSystems.loinc, '8358-4')) lead(code, '70665002');
  else if (hasCode(code, codeSystems.snomed, '401201003')) bringPackYears(component);
}

/** The cuff: a LOINC code in zib 2017, a SNOMED CT code in zib 2020. */
function lead(code: unknown, snomed: string): void {
  const concept = treeOf(code);
  if (concept !== undefined)
    concept['coding'] = [{ system: codeSystems.snomed, code: snomed }, ...codingsOf(concept)];
}

/** Pack years were a quantity and are a whole number. */
function bringPackYears(component: Tree): void {
  const value = treeOf(component['valueQuantity'])?.['value'] as Decimal | undefined;
  if (value === undefined || !Number.isInteger(decimalValue(value))) return;
  delete component['valueQuantity'];
  component['valueInteger'] = decimalValue(value);
}

const livingParts: Readonly<Record<string, string>> = {
  '118871000146108': 'home-adaption',
  '224249004': 'living-condition',
};

/** zib 2017 has the type of house as the value and the rest as components; zib 2020 has each as its own observation. */
function takeLivingParts(draft: Tree): Tree[] {
  const parts: Tree[] = [];
  const { id, status, subject } = draft;
  const add = (name: string, code: unknown, value: unknown): void => {
    const effective = Object.fromEntries(
      ['effectiveDateTime', 'effectivePeriod']
        .filter((element) => draft[element] !== undefined)
        .map((element) => [element, draft[element]]),
    );
    const partId = `${(textOf(id) ?? 'living').slice(0, 40)}-${name}`;
    parts.push({
      resourceType: 'Observation',
      id: partId,
      status,
      code,
      ...(subject === undefined ? {} : { subject }),
      ...effective,
      valueCodeableConcept: value,
    });
    draft['hasMember'] = [...treesOf(draft['hasMember']), { reference: `Observation/${partId}` }];
  };
  if (draft['valueCodeableConcept'] !== undefined) {
    add(
      'house-type',
      { coding: [{ system: codeSystems.snomed, code: '272497004' }] },
      draft['valueCodeableConcept'],
    );
    delete draft['valueCodeableConcept'];
  }
  const kept = treesOf(draft['component']).filter((component, index) => {
    const [coding] = codingsOf(component['code']);
    const name = livingParts[textOf(coding?.['code']) ?? ''];
    if (name === undefined || component['valueCodeableConcept'] === undefined) return true;
    add(`${name}-${index + 1}`, component['code'], component['valueCodeableConcept']);
    return false;
  });
  if (kept.length === 0) delete draft['component'];
  else draft['component'] = kept;
  return parts;
}

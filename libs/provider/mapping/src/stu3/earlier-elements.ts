import { nictiz } from '../fhir-systems.js';
import { takeExtension, treeOf, treesOf, type Tree } from '../json-tree.js';
import type { Stu3Names } from './stu3-names.js';

const roleReference = `${nictiz}/practitionerrole-reference`;
const codeSpecification = `${nictiz}/ext-CodeSpecification`;
const telecomType = `${nictiz}/zib-ContactInformation-TelecomType`;

/** The inverse of `bringElementsForward`: R4 data types as STU3 has them. In place. */
export function takeElementsBack(value: unknown, names: Stu3Names): unknown {
  if (Array.isArray(value)) return value.map((item) => takeElementsBack(item, names));
  const tree = treeOf(value);
  if (tree === undefined) return value;
  takeContactPointBack(tree);
  for (const key of Object.keys(tree)) tree[key] = takeElementsBack(tree[key], names);
  if (typeof tree['system'] === 'string') tree['system'] = names.earlierSystem(tree['system']);
  if (typeof tree['url'] === 'string') tree['url'] = names.earlierExtension(tree['url']);
  if (typeof tree['reference'] === 'string') return takeReferenceBack(tree);
  takeDosageBack(tree);
  return tree;
}

/** STU3 knows no `Reference.type`, and refers to a role by an extension beside a display. */
function takeReferenceBack(reference: Tree): Tree {
  delete reference['type'];
  const target = String(reference['reference']).replace(/(^|\/)ServiceRequest\//, '$1ProcedureRequest/');
  reference['reference'] = target;
  if (!/(^|\/)PractitionerRole\//.test(target)) return reference;
  const { display } = reference;
  return {
    extension: [{ url: roleReference, valueReference: reference }],
    display: display ?? 'Zorgverlener',
  };
}

function takeContactPointBack(point: Tree): void {
  const system = treeOf(point['_system']);
  if (system === undefined) return;
  const kind = takeExtension(system, codeSpecification);
  if (kind === undefined) return;
  point['extension'] = [...treesOf(point['extension']), { ...kind, url: telecomType }];
  if (Object.keys(system).length === 0) delete point['_system'];
}

function takeDosageBack(tree: Tree): void {
  for (const element of ['dosage', 'dosageInstruction']) {
    for (const dosage of treesOf(tree[element])) {
      const [first] = treesOf(dosage['doseAndRate']);
      delete dosage['doseAndRate'];
      if (first === undefined) continue;
      delete first['type'];
      Object.assign(dosage, first);
    }
  }
}

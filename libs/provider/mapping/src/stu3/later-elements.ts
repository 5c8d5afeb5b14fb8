import { nictiz } from '../fhir-systems.js';
import { takeExtension, treeOf, treesOf, type Tree } from '../json-tree.js';
import type { Stu3Names } from './stu3-names.js';

const roleReference = `${nictiz}/practitionerrole-reference`;
const telecomType = `${nictiz}/zib-ContactInformation-TelecomType`;

/** What changed between STU3 and R4 inside of data types, whatever resource they stand in. In place. */
export function bringElementsForward(value: unknown, names: Stu3Names): unknown {
  if (Array.isArray(value)) return value.map((item) => bringElementsForward(item, names));
  const tree = treeOf(value);
  if (tree === undefined) return value;
  for (const key of Object.keys(tree)) tree[key] = bringElementsForward(tree[key], names);
  if (typeof tree['system'] === 'string') tree['system'] = names.laterSystem(tree['system']);
  if (typeof tree['url'] === 'string') tree['url'] = names.laterExtension(tree['url']);
  if (typeof tree['reference'] === 'string' || refersToRole(tree)) return bringReferenceForward(tree);
  bringContactPointForward(tree);
  bringDosageForward(tree);
  return tree;
}

/** A reference may name the role alone, with words where the practitioner would stand. */
function refersToRole(tree: Tree): boolean {
  return treesOf(tree['extension']).some(({ url }) => url === roleReference);
}

/** zib 2017 refers to a practitioner and, in an extension, to the role; zib 2020 to the role. */
function bringReferenceForward(reference: Tree): Tree {
  const role = treeOf(takeExtension(reference, roleReference)?.['valueReference']);
  const target = role ?? reference;
  if (typeof target['reference'] === 'string') {
    target['reference'] = target['reference'].replace(/(^|\/)ProcedureRequest\//, '$1ServiceRequest/');
  }
  return target;
}

function bringContactPointForward(point: Tree): void {
  if (point['system'] === undefined) return;
  const kind = takeExtension(point, telecomType);
  if (kind === undefined) return;
  point['_system'] = {
    extension: [{ ...kind, url: `${nictiz}/ext-CodeSpecification` }],
  };
}

const doses = ['doseQuantity', 'doseRange', 'rateQuantity', 'rateRange', 'rateRatio'];

/** In R4 dose and rate stand together in a list of their own; `asNeeded` beside them shows that this is a Dosage. */
function bringDosageForward(tree: Tree): void {
  for (const element of ['dosage', 'dosageInstruction']) {
    for (const dosage of treesOf(tree[element])) {
      const found = doses.filter((name) => dosage[name] !== undefined);
      if (found.length === 0 || Array.isArray(tree[element]) === false) continue;
      dosage['doseAndRate'] = [Object.fromEntries(found.map((name) => [name, dosage[name]]))];
      for (const name of found) delete dosage[name];
    }
  }
}

import type { FhirResource } from '@samenhang/data-model';
import { nictiz } from '../fhir-systems.js';
import {
  codingsOf,
  copyTree,
  hasCode,
  isTree,
  renameProperty,
  textOf,
  treesOf,
  type Tree,
} from '../json-tree.js';
import { takeElementsBack } from './earlier-elements.js';
import { takeDenialsBack } from './denials.js';
import { takeTypeBack } from './earlier-types.js';
import { takeStatusBack } from './statuses.js';
import { currentTables, type CodeTables } from '../tables/code-tables.js';
import type { Stu3Names } from './stu3-names.js';

/**
 * A resource of nl-core (zib 2020, R4) in the shape of BgZ 2017 (zib 2017, STU3), for who still speaks it. What STU3 has
 * no place for is left out; the resource in the record is untouched.
 */
export function takeBack(resource: FhirResource, tables: CodeTables = currentTables): Tree {
  const names = tables.stu3;
  const { meta, ...elements } = copyTree(resource) as Tree;
  const rules = names.rulesOf(resource.resourceType);
  const draft: Tree = elements;
  for (const [element] of Object.entries(rules.toConcept ?? {})) toCode(draft, element, names);
  const back = takeElementsBack(draft, names) as Tree;
  for (const [earlier, later] of Object.entries(rules.rename ?? {})) renameProperty(back, later, earlier);
  for (const element of rules.toList ?? []) {
    const name = Object.entries(rules.rename ?? {}).find(([, later]) => later === element)?.[0] ?? element;
    if (Array.isArray(back[name])) [back[name]] = treesOf(back[name]);
    if (back[name] === undefined) delete back[name];
  }
  if (back['resourceType'] === 'ServiceRequest') back['resourceType'] = 'ProcedureRequest';
  takeStatusBack(back);
  takeTypeBack(back, names);
  takeDenialsBack(back);
  const { resourceType, id, ...rest } = back;
  const profile = profileOf(resource, names);
  const security = isTree(meta) ? meta['security'] : undefined;
  const earlierMeta = {
    ...(profile === undefined ? {} : { profile: [profile] }),
    ...(security === undefined ? {} : { security }),
  };
  return {
    resourceType,
    id,
    ...(Object.keys(earlierMeta).length === 0 ? {} : { meta: earlierMeta }),
    ...rest,
  };
}

/** A concept of FHIR's own list was a code, with the zib's code in an extension. */
function toCode(draft: Tree, element: string, names: Stu3Names): void {
  const codings = codingsOf(draft[element]);
  delete draft[element];
  const own = codings.find(
    ({ system }) =>
      names.earlierSystem(String(system)) !== system ||
      /\/(condition|allergyintolerance)-/.test(String(system)),
  );
  const code = textOf(own?.['code']);
  if (code === undefined) return;
  draft[element] = code === 'unconfirmed' && draft['resourceType'] === 'Condition' ? 'unknown' : code;
  const others = codings.filter((coding) => coding !== own);
  if (others.length === 0) return;
  const url = `${nictiz}/ext-CodeSpecification`;
  draft[`_${element}`] = { extension: [{ url, valueCodeableConcept: { coding: others } }] };
}

function profileOf(resource: FhirResource, names: Stu3Names): string | undefined {
  const claimed = (resource['meta'] as { profile?: string[] } | undefined)?.profile?.[0]?.slice(
    nictiz.length + 1,
  );
  if (claimed === undefined) return undefined;
  if (resource.resourceType === 'Observation') return names.earlierProfile(claimed);
  if (
    resource.resourceType === 'Consent' &&
    hasCode(resource['category'], 'http://snomed.info/sct', '129125009')
  )
    return `${nictiz}/zib-TreatmentDirective`;
  if (claimed === 'mp-MedicationDispense') return `${nictiz}/zib-Dispense`;
  return names.rulesOf(resource.resourceType).profile;
}

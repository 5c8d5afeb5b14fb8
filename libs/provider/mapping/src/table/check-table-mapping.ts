import { isResourceType } from '@samenhang/fhir-r4';
import { currentMapping } from '../mapping.js';
import { DeclarationReader } from './declaration-reader.js';
import { isElementPath } from './element-path.js';
import { readTableValue } from './read-table-value.js';
import type {
  TableCode,
  TableCodes,
  TableCondition,
  TableIdentifier,
  TableMapping,
  TableMappingProblem,
  TableResource,
  TableValue,
} from './table-mapping.js';

/** Whether a declaration says how rows become resources, and what about it does not hold. */
export function checkTableMapping(
  value: unknown,
): { readonly mapping: TableMapping } | { readonly problems: readonly TableMappingProblem[] } {
  const reader = new DeclarationReader();
  const mapping = readMapping(value, reader);
  checkReferences(mapping, reader);
  return reader.problems.length === 0 ? { mapping } : { problems: reader.problems };
}

function readMapping(value: unknown, reader: DeclarationReader): TableMapping {
  const declared = reader.readObject(value, '$');
  reader.refuseOthers(declared, '$', ['patient', 'resources', 'codes']);
  const patient = reader.readObject(declared['patient'], '$.patient');
  reader.refuseOthers(patient, '$.patient', ['identifiers']);
  const codes = declared['codes'] === undefined ? {} : reader.readObject(declared['codes'], '$.codes');
  return {
    patient: {
      identifiers: reader
        .readList(patient['identifiers'], '$.patient.identifiers', 1)
        .map((one, index) => readIdentifier(one, `$.patient.identifiers[${index}]`, reader)),
    },
    codes: Object.fromEntries(
      Object.entries(codes).map(([name, table]) => [name, readCodes(table, `$.codes.${name}`, reader)]),
    ),
    resources: reader
      .readList(declared['resources'], '$.resources', 1)
      .map((one, index) => readResource(one, `$.resources[${index}]`, reader)),
  };
}

function readIdentifier(value: unknown, path: string, reader: DeclarationReader): TableIdentifier {
  const declared = reader.readObject(value, path);
  reader.refuseOthers(declared, path, ['column', 'system']);
  const column = reader.readText(declared['column'], `${path}.column`);
  const system = readUri(declared['system'], `${path}.system`, reader);
  return { column, ...(system === undefined ? {} : { system }) };
}

function readCodes(value: unknown, path: string, reader: DeclarationReader): TableCodes {
  return Object.fromEntries(
    Object.entries(reader.readObject(value, path)).map(([code, target]) => [
      code,
      readCode(target, `${path}.${code}`, reader),
    ]),
  );
}

function readCode(value: unknown, path: string, reader: DeclarationReader): TableCode {
  if (typeof value === 'string') return { code: reader.readText(value, path) };
  const declared = reader.readObject(value, path);
  reader.refuseOthers(declared, path, ['system', 'code', 'display']);
  const system = readUri(declared['system'], `${path}.system`, reader);
  const display = reader.findText(declared['display'], `${path}.display`);
  return {
    ...(system === undefined ? {} : { system }),
    code: reader.readText(declared['code'], `${path}.code`),
    ...(display === undefined ? {} : { display }),
  };
}

function readResource(value: unknown, path: string, reader: DeclarationReader): TableResource {
  const declared = reader.readObject(value, path);
  reader.refuseOthers(declared, path, ['name', 'resourceType', 'key', 'when', 'elements']);
  const resourceType = reader.readText(declared['resourceType'], `${path}.resourceType`);
  if (!isResourceType(resourceType) || currentMapping.tables.outOfScope.has(resourceType)) {
    reader.report(`${path}.resourceType`, 'Not a resource type of FHIR R4 that the record holds');
  }
  const name = reader.findText(declared['name'], `${path}.name`);
  const isPatient = resourceType === 'Patient';
  return {
    ...(name === undefined ? {} : { name }),
    resourceType,
    key:
      isPatient && declared['key'] === undefined ? [] : reader.readTexts(declared['key'], `${path}.key`, 1),
    when: readConditions(declared['when'], `${path}.when`, reader),
    elements: readElements(declared['elements'], `${path}.elements`, reader),
  };
}

function readElements(value: unknown, path: string, reader: DeclarationReader): Record<string, TableValue> {
  const entries = Object.entries(reader.readObject(value, path)).map(([element, source]) => {
    const place = `${path}['${element}']`;
    if (!isElementPath(element)) reader.report(place, 'Not a path of elements, as name[0].given[1]');
    const declared = reader.readObject(source, place);
    const when = readConditions(declared['when'], `${place}.when`, reader);
    return [
      element,
      { ...readTableValue(declared, place, reader), ...(when.length === 0 ? {} : { when }) },
    ] as const;
  });
  return Object.fromEntries(entries);
}

function readConditions(value: unknown, path: string, reader: DeclarationReader): TableCondition[] {
  if (value === undefined) return [];
  return reader.readList(value, path, 1).map((one, index) => {
    const place = `${path}[${index}]`;
    const declared = reader.readObject(one, place);
    reader.refuseOthers(declared, place, ['column', 'in', 'notIn', 'filled']);
    const column = reader.readText(declared['column'], `${place}.column`);
    if (declared['in'] !== undefined)
      return { column, in: reader.readTexts(declared['in'], `${place}.in`, 1) };
    if (declared['notIn'] !== undefined)
      return { column, notIn: reader.readTexts(declared['notIn'], `${place}.notIn`, 1) };
    if (typeof declared['filled'] !== 'boolean')
      reader.report(place, 'One of in, notIn, filled is expected here');
    return { column, filled: declared['filled'] === true };
  });
}

function readUri(value: unknown, path: string, reader: DeclarationReader): string | undefined {
  const text = reader.findText(value, path);
  if (text !== undefined && !/^[a-z][a-z0-9+.-]*:\S+$/.test(text))
    reader.report(path, 'A URI is expected here');
  return text;
}

/** Code tables and resources that are named exist, and no name is given twice. */
function checkReferences({ codes, resources }: TableMapping, reader: DeclarationReader): void {
  const names = new Set<string>();
  for (const [index, { name }] of resources.entries()) {
    if (name === undefined) continue;
    if (names.has(name)) reader.report(`$.resources[${index}].name`, 'Another resource has this name');
    names.add(name);
  }
  for (const [index, { elements }] of resources.entries()) {
    for (const [element, value] of Object.entries(elements)) {
      const path = `$.resources[${index}].elements['${element}']`;
      if ('codes' in value && value.codes !== undefined && codes[value.codes] === undefined)
        reader.report(`${path}.codes`, 'There is no such code table');
      if ('reference' in value && !names.has(value.reference))
        reader.report(`${path}.reference`, 'No resource has this name');
    }
  }
}

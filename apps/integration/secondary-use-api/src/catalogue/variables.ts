import { elementsOf, ruleOf, type DatasetType, type ElementRule } from '@samenhang/secondary-use';
import type { Store } from 'n3';
import { add, csvw, dct, literal, namedNode, rdf } from './graph.js';

/** What of an element leaves a holder, and as what a column of a table has it. */
const columns: Readonly<Record<ElementRule, { readonly datatype: string; readonly description: string }>> = {
  plain: { datatype: 'string', description: 'As it is recorded' },
  concept: { datatype: 'string', description: 'Codes of code systems, without texts and local codes' },
  coding: { datatype: 'string', description: 'A code of a code system, without texts' },
  quantity: { datatype: 'decimal', description: 'A value with its unit in UCUM' },
  moment: { datatype: 'string', description: 'A date, as coarse or as moved as the permit says' },
  period: { datatype: 'string', description: 'Begin and end, as coarse or as moved as the permit says' },
  encounter: { datatype: 'string', description: 'The contact it belongs to, by a key of the project' },
  'birth-date': { datatype: 'gYear', description: 'The year; of the oldest persons a bound' },
  'postcode-region': { datatype: 'string', description: 'The first two digits of the postcode' },
};
const datatypes: Readonly<Record<string, string>> = { Boolean: 'boolean', Integer: 'integer' };

/** The elements that a permit can give, as the columns of a table (CSV on the Web). */
export function addVariables(store: Store, dataset: string, type: DatasetType, title: string): void {
  const table = `${dataset}#table`;
  add(store, dataset, `${csvw}table`, namedNode(table));
  add(store, table, `${rdf}type`, namedNode(`${csvw}Table`));
  add(store, table, `${dct}title`, literal(title, 'en'));
  for (const element of elementsOf(type)) {
    const rule = ruleOf(type, element);
    if (rule === undefined) continue;
    const { datatype, description } = columns[rule];
    const own = datatypes[/(Boolean|Integer)$/.exec(element)?.[0] ?? ''];
    const column = `${dataset}#${element}`;
    add(store, dataset, `${csvw}column`, namedNode(column));
    add(store, table, `${csvw}column`, namedNode(column));
    add(store, column, `${rdf}type`, namedNode(`${csvw}Column`));
    add(store, column, `${csvw}name`, literal(element));
    add(store, column, `${csvw}titles`, literal(element, 'en'));
    add(store, column, `${dct}description`, literal(description, 'en'));
    add(store, column, `${csvw}datatype`, literal(own ?? datatype));
    const url = `http://hl7.org/fhir/StructureDefinition/${type}#${type}.${element}`;
    add(store, column, `${csvw}propertyUrl`, namedNode(url));
  }
}

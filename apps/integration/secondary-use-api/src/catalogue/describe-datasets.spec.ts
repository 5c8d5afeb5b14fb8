import { readFileSync } from 'node:fs';
import { datasetTypes, elementsOf } from '@samenhang/secondary-use';
import { compileView, planView } from '@samenhang/sql-on-fhir';
import { Parser, Store } from 'n3';
import SHACLValidator from 'rdf-validate-shacl';
import { describe, expect, it } from 'vitest';
import { sizeKey, sizeView } from './dataset-size.js';
import { describeDatasets } from './describe-datasets.js';
import { writeJsonLd, writeTurtle } from './write-catalogue.js';

const shapes = readFileSync(new URL('health-dcat-ap.shapes.ttl', import.meta.url), 'utf8');
const health = 'http://healthdataportal.eu/ns/health#';

const facts = {
  base: 'https://research.example',
  accessBody: { name: 'Access body', contact: 'access@research.example' },
  custodians: [
    { ura: '22222222', name: 'Hospital Noord' },
    { ura: '44444444', name: 'Pharmacy' },
  ],
};

const parsed = (text: string): Store => new Store(new Parser().parse(text));
const validate = async (store: Store) => (await new SHACLValidator(parsed(shapes)).validate(store)).conforms;

describe('The catalogue', () => {
  it('conforms to the shapes, which refuse one that says less', async () => {
    expect(await validate(describeDatasets(facts))).toBe(true);
    const sh = 'http://www.w3.org/ns/shacl#';
    const graph = parsed(shapes);
    const properties = graph
      .getSubjects(`${sh}minCount`, null, null)
      .flatMap((shape) => graph.getObjects(shape, `${sh}path`, null))
      .filter(({ termType }) => termType === 'NamedNode');
    expect(properties.length).toBeGreaterThan(20);
    const few = { ...facts, custodians: facts.custodians.slice(0, 1) };
    const told = (predicate: string): boolean =>
      describeDatasets(facts).countQuads(null, predicate, null, null) > 0;
    for (const property of new Set(properties.map(({ value }) => value).filter(told))) {
      const less = describeDatasets(few);
      less.removeQuads(less.getQuads(null, property, null, null));
      expect(await validate(less), property).toBe(false);
    }
  });

  it('tells sizes of those datasets of which it may, in the form that the shapes ask for', async () => {
    const size = { individuals: 120, records: 4_500, completeness: new Map([['code', 0.95]]) };
    const store = describeDatasets({ ...facts, sizes: new Map([[sizeKey('22222222', 'Condition'), size]]) });
    expect(await validate(store)).toBe(true);
    const told = store.getQuads(null, `${health}numberOfUniqueIndividuals`, null, null);
    expect(told.map(({ object }) => object.value)).toEqual(['120']);
    expect(store.getObjects(null, 'http://www.w3.org/ns/dqv#value', null).map(({ value }) => value)).toEqual([
      '0.95',
    ]);
    const few = { ...size, individuals: 3 };
    const telling = { ...facts, sizes: new Map([[sizeKey('22222222', 'Condition'), few]]) };
    expect(await validate(describeDatasets(telling))).toBe(false);
  });

  it('asks of every element whether it is there, in a view that runs', () => {
    for (const type of datasetTypes) {
      const plan = planView(sizeView(type, elementsOf(type)));
      expect(plan.columns.map(({ name }) => name)).toEqual(['person', ...elementsOf(type)]);
    }
    const run = compileView(planView(sizeView('Observation', ['valueQuantity', 'effectiveDateTime'])));
    const rows: unknown[] = [];
    const subject = { reference: 'Patient/a' };
    run({ resourceType: 'Observation', id: 'o', subject, valueQuantity: { value: 1 } }, (row) =>
      rows.push(row),
    );
    expect(rows).toEqual([['a', false, true]]);
  });

  it('has every element that a permit can give, of every custodian', () => {
    const names = describeDatasets(facts)
      .getObjects(null, 'http://www.w3.org/ns/csvw#name', null)
      .map(({ value }) => value);
    const wanted = new Set(datasetTypes.flatMap(elementsOf));
    expect(new Set(names)).toEqual(wanted);
  });

  it('says the same in Turtle and in JSON-LD', async () => {
    const store = describeDatasets(facts);
    expect(parsed(await writeTurtle(store)).size).toBe(store.size);
    const nodes = writeJsonLd(store) as Record<string, unknown[] | string>[];
    const values = nodes.flatMap(({ '@id': _, ...members }) => Object.values(members).flat());
    expect(values).toHaveLength(store.size);
  });
});

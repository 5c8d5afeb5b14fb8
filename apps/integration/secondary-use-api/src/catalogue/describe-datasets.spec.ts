import { datasetTypes, elementsOf } from '@samenhang/secondary-use';
import { compileView, planView } from '@samenhang/sql-on-fhir';
import { Parser, Store } from 'n3';
import SHACLValidator from 'rdf-validate-shacl';
import { describe, expect, it } from 'vitest';
import { sizeKey, sizeView } from './dataset-size.js';
import { describeDatasets } from './describe-datasets.js';
import { writeJsonLd, writeTurtle } from './write-catalogue.js';

/** What HealthDCAT-AP asks of a dataset that is not public, and of what is told of its size. */
const shapes = `
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix dcatap: <http://data.europa.eu/r5r/> .
@prefix health: <http://healthdataportal.eu/ns/health#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix dqv: <http://www.w3.org/ns/dqv#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

[] a sh:NodeShape ; sh:targetClass dcat:Catalog ;
  sh:property [ sh:path dct:title ; sh:minCount 1 ; sh:datatype rdf:langString ] ,
    [ sh:path dct:description ; sh:minCount 1 ] ,
    [ sh:path dct:publisher ; sh:minCount 1 ; sh:maxCount 1 ; sh:class foaf:Agent ] ,
    [ sh:path dcat:dataset ; sh:minCount 1 ; sh:class dcat:Dataset ] .

[] a sh:NodeShape ; sh:targetClass dcat:Dataset ;
  sh:property [ sh:path dct:title ; sh:minCount 1 ; sh:uniqueLang true ] ,
    [ sh:path dct:description ; sh:minCount 1 ] ,
    [ sh:path dct:identifier ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:anyURI ] ,
    [ sh:path dct:publisher ; sh:minCount 1 ; sh:maxCount 1 ; sh:class foaf:Agent ] ,
    [ sh:path dct:accessRights ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path dct:provenance ; sh:minCount 1 ; sh:class dct:ProvenanceStatement ] ,
    [ sh:path dct:spatial ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path dcat:theme ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path dcat:contactPoint ; sh:minCount 1 ; sh:class vcard:Kind ] ,
    [ sh:path dcatap:applicableLegislation ; sh:minCount 1 ; sh:hasValue <http://data.europa.eu/eli/reg/2025/327/oj> ] ,
    [ sh:path health:hdab ; sh:minCount 1 ; sh:class foaf:Agent ] ,
    [ sh:path health:healthCategory ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path health:numberOfRecords ; sh:maxCount 1 ; sh:datatype xsd:nonNegativeInteger ] ,
    [ sh:path health:numberOfUniqueIndividuals ; sh:maxCount 1 ; sh:datatype xsd:nonNegativeInteger ; sh:minInclusive 10 ] ,
    [ sh:path dqv:hasQualityMeasurement ; sh:class dqv:QualityMeasurement ] ,
    [ sh:path dcat:distribution ; sh:minCount 1 ; sh:class dcat:Distribution ] .

[] a sh:NodeShape ; sh:targetClass dcat:Distribution ;
  sh:property [ sh:path dcat:accessURL ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path dct:title ; sh:minCount 1 ] ,
    [ sh:path dct:rights ; sh:maxCount 1 ] ,
    [ sh:path dcatap:applicableLegislation ; sh:minCount 1 ] .

[] a sh:NodeShape ; sh:targetClass dqv:QualityMeasurement ;
  sh:property [ sh:path dqv:isMeasurementOf ; sh:minCount 1 ; sh:maxCount 1 ] ,
    [ sh:path dqv:computedOn ; sh:minCount 1 ] ,
    [ sh:path dqv:value ; sh:minCount 1 ; sh:datatype xsd:decimal ; sh:minInclusive 0 ; sh:maxInclusive 1 ] .

[] a sh:NodeShape ; sh:targetClass foaf:Agent ; sh:property [ sh:path foaf:name ; sh:minCount 1 ] .
[] a sh:NodeShape ; sh:targetClass vcard:Kind ; sh:property [ sh:path vcard:hasEmail ; sh:minCount 1 ; sh:nodeKind sh:IRI ] .
`;

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
    for (const property of [
      'http://purl.org/dc/terms/accessRights',
      'http://healthdataportal.eu/ns/health#hdab',
    ]) {
      const less = describeDatasets(facts);
      less.removeQuads(less.getQuads(null, property, null, null));
      expect(await validate(less)).toBe(false);
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

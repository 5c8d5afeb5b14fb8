import { datasetTypes, elementsOf } from '@samenhang/secondary-use';
import { Parser, Store } from 'n3';
import SHACLValidator from 'rdf-validate-shacl';
import { describe, expect, it } from 'vitest';
import { describeDatasets } from './describe-datasets.js';
import { writeJsonLd, writeTurtle } from './write-catalogue.js';

/** What HealthDCAT-AP asks of a dataset that is not public, as far as it can be said without counting persons. */
const shapes = `
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix dcatap: <http://data.europa.eu/r5r/> .
@prefix health: <http://healthdataportal.eu/ns/health#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
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
    [ sh:path health:healthCategory ; sh:minCount 1 ; sh:nodeKind sh:IRI ] .

[] a sh:NodeShape ; sh:targetClass foaf:Agent ; sh:property [ sh:path foaf:name ; sh:minCount 1 ] .
[] a sh:NodeShape ; sh:targetClass vcard:Kind ; sh:property [ sh:path vcard:hasEmail ; sh:minCount 1 ; sh:nodeKind sh:IRI ] .
`;

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

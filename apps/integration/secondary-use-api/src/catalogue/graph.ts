import { DataFactory, type BlankNode, type Literal, type NamedNode, type Store } from 'n3';

export const { namedNode, literal, blankNode } = DataFactory;

export const rdf = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';
export const dcat = 'http://www.w3.org/ns/dcat#';
export const dct = 'http://purl.org/dc/terms/';
export const dcatap = 'http://data.europa.eu/r5r/';
export const healthdcatap = 'http://healthdataportal.eu/ns/health#';
export const foaf = 'http://xmlns.com/foaf/0.1/';
export const vcard = 'http://www.w3.org/2006/vcard/ns#';
export const csvw = 'http://www.w3.org/ns/csvw#';
export const dqv = 'http://www.w3.org/ns/dqv#';
export const dpv = 'https://w3id.org/dpv#';
export const skos = 'http://www.w3.org/2004/02/skos/core#';
export const eli = 'http://data.europa.eu/eli/ontology#';
export const xsd = 'http://www.w3.org/2001/XMLSchema#';

export const prefixes = { dcat, dct, dcatap, healthdcatap, foaf, vcard, csvw, dqv, dpv, skos, eli, xsd };

export type Value = NamedNode | BlankNode | Literal;

export function add(store: Store, subject: string, predicate: string, object: Value): void {
  store.addQuad(namedNode(subject), namedNode(predicate), object);
}

/** A node without a name, of which only this is said. */
export function unnamed(store: Store, type: string, said: Readonly<Record<string, Value>>): BlankNode {
  const node = blankNode();
  store.addQuad(node, namedNode(`${rdf}type`), namedNode(type));
  for (const [predicate, value] of Object.entries(said)) store.addQuad(node, namedNode(predicate), value);
  return node;
}

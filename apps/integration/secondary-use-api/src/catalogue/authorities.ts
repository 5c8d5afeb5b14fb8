import type { Store } from 'n3';
import { add, dct, eli, literal, namedNode, rdf, skos } from './graph.js';

const authority = 'http://publications.europa.eu/resource/authority';

/** Regulation (EU) 2025/327, the European Health Data Space. */
export const regulation = 'http://data.europa.eu/eli/reg/2025/327/oj';
export const notPublic = `${authority}/access-right/NON_PUBLIC`;
export const netherlands = `${authority}/country/NLD`;
export const dutch = `${authority}/language/NLD`;
export const health = `${authority}/data-theme/HEAL`;
export const themes = `${authority}/data-theme`;
export const personalData = `${authority}/dataset-type/PERSONAL_DATA`;

const known: readonly { readonly id: string; readonly type: string; readonly label: string }[] = [
  { id: notPublic, type: `${dct}RightsStatement`, label: 'not public' },
  { id: netherlands, type: `${dct}Location`, label: 'Netherlands' },
  { id: dutch, type: `${dct}LinguisticSystem`, label: 'Dutch' },
  { id: health, type: `${skos}Concept`, label: 'Health' },
  { id: personalData, type: `${skos}Concept`, label: 'Personal data' },
];

/**
 * Says of what is referred to elsewhere what it is, and of which list. DCAT-AP asks for their classes, and a reader should not have
 * to fetch a vocabulary to see that they are right.
 */
export function describeAuthorities(store: Store): void {
  for (const { id, type, label } of known) {
    const scheme = id.slice(0, id.lastIndexOf('/'));
    add(store, id, `${rdf}type`, namedNode(type));
    add(store, id, `${skos}prefLabel`, literal(label, 'en'));
    add(store, id, `${skos}inScheme`, namedNode(scheme));
    add(store, scheme, `${rdf}type`, namedNode(`${skos}ConceptScheme`));
    add(store, scheme, `${dct}title`, literal(scheme.slice(scheme.lastIndexOf('/') + 1), 'en'));
  }
  add(store, regulation, `${rdf}type`, namedNode(`${eli}LegalResource`));
}

import { Writer, type Quad_Object, type Store } from 'n3';
import { prefixes } from './graph.js';

const TYPE = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#type';

export function writeTurtle(store: Store): Promise<string> {
  const writer = new Writer({ prefixes });
  writer.addQuads(store.getQuads(null, null, null, null));
  return new Promise((resolve, reject) => {
    writer.end((error: Error | null | undefined, text: string) => {
      if (error) reject(error);
      else resolve(text);
    });
  });
}

/** JSON-LD in expanded form (JSON-LD 1.1, section 9): every processor reads it, and nothing has to be fetched for it. */
export function writeJsonLd(store: Store): object[] {
  const nodes = new Map<string, Record<string, unknown[]>>();
  for (const { subject, predicate, object } of store.getQuads(null, null, null, null)) {
    const id = subject.termType === 'BlankNode' ? `_:${subject.value}` : subject.value;
    const node = nodes.get(id) ?? {};
    nodes.set(id, node);
    if (predicate.value === TYPE) (node['@type'] ??= []).push(object.value);
    else (node[predicate.value] ??= []).push(valueOf(object));
  }
  return [...nodes].map(([id, members]) => ({ '@id': id, ...members }));
}

function valueOf(object: Quad_Object): object {
  if (object.termType === 'Literal') {
    if (object.language !== '') return { '@value': object.value, '@language': object.language };
    const { value: type } = object.datatype;
    const isText = type === 'http://www.w3.org/2001/XMLSchema#string';
    return { '@value': object.value, ...(isText ? {} : { '@type': type }) };
  }
  return { '@id': object.termType === 'BlankNode' ? `_:${object.value}` : object.value };
}

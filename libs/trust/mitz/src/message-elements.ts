import { childrenOf, XmlError, type XmlElement } from '@samenhang/xml';

/** Children with this name; the namespace is that of the parent unless given. */
export function elementsOf(
  parent: XmlElement,
  name: string,
  namespace = parent.namespace,
): readonly XmlElement[] {
  return childrenOf(parent, name).filter((child) => child.namespace === namespace);
}

/** @throws XmlError unless there is exactly one */
export function onlyElement(parent: XmlElement, name: string, namespace = parent.namespace): XmlElement {
  const found = elementsOf(parent, name, namespace);
  const [child] = found;
  if (child === undefined || found.length !== 1) throw new XmlError(`${parent.name} must have one ${name}`);
  return child;
}

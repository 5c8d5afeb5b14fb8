/** An element with its namespace resolved, and what is in it in order. */
export interface XmlElement {
  /** Empty for a prefix that nothing declares. */
  readonly namespace: string;
  /** Without prefix. */
  readonly name: string;
  /** Those without a prefix by name, those of XML Schema instances as `xsi:type`; of other namespaces there are none. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly contents: readonly (XmlElement | string)[];
}

export function childrenOf(element: XmlElement | undefined, name?: string): XmlElement[] {
  return (element?.contents ?? []).filter(
    (child): child is XmlElement => typeof child !== 'string' && (name === undefined || child.name === name),
  );
}

/** The first element at a path of names. */
export function findElement(
  element: XmlElement | undefined,
  ...path: readonly string[]
): XmlElement | undefined {
  let found = element;
  for (const name of path) found = childrenOf(found, name)[0];
  return found;
}

/** Every element under one, itself first, that fits. */
export function elementsWithin(element: XmlElement, fits: (element: XmlElement) => boolean): XmlElement[] {
  const inner = childrenOf(element).flatMap((child) => elementsWithin(child, fits));
  return fits(element) ? [element, ...inner] : inner;
}

/** Text of an element and all in it, white space folded. */
export function wordsOf(element: XmlElement | undefined): string | undefined {
  const words = rawText(element).replace(/\s+/g, ' ').trim();
  return words === '' ? undefined : words;
}

function rawText(element: XmlElement | undefined): string {
  return (element?.contents ?? [])
    .map((child) => (typeof child === 'string' ? child : ` ${rawText(child)} `))
    .join('');
}

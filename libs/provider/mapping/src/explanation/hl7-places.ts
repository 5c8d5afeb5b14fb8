import {
  Hl7ParseError,
  parseMessage,
  type Hl7Delimiters,
  type Hl7Element,
  type Hl7Field,
  type Hl7Message,
} from '@samenhang/hl7v2';
import { splice, type EditableMessage, type SourcePlace } from './source-place.js';

/** Fields that say how a message is written: with others in their place it is another message altogether. */
const NOTATION = new Set(['MSH-1', 'MSH-2']);

/** The leaves of an HL7 v2 message; undefined when it cannot be read. */
export function readHl7Places(content: Buffer, defaultCharset: string): EditableMessage | undefined {
  const message = parse(content, defaultCharset);
  if (message === undefined) return undefined;
  const isAsSent = message.bytes.equals(content);
  const places = message.all.flatMap((segment) => {
    const fields = Array.from({ length: Math.max(0, segment.fieldCount) }, (_unused, index) =>
      segment.field(index + 1),
    );
    return fields
      .filter((field) => !field.isAbsent && !NOTATION.has(field.path))
      .flatMap((field) => leavesOf(field, message.delimiters))
      .map((leaf) => toPlace(leaf, segment.path, isAsSent));
  });
  return {
    places: places.map(({ place }) => place),
    write: (edits) =>
      splice(
        message.bytes,
        [...edits].flatMap(([index, text]) => {
          const leaf = places[index]?.leaf;
          // One character per byte, as the octets of the message are read.
          return leaf === undefined
            ? []
            : [{ start: leaf.start, end: leaf.end, text: Buffer.from(text ?? '', 'latin1') }];
        }),
      ),
  };
}

function parse(content: Buffer, defaultCharset: string): Hl7Message | undefined {
  try {
    return parseMessage(content, { defaultCharset });
  } catch (error) {
    if (error instanceof Hl7ParseError) return undefined;
    throw error;
  }
}

function leavesOf(field: Hl7Field, { component, subcomponent }: Hl7Delimiters): Hl7Element[] {
  return field.repetitions.flatMap((repetition) =>
    partsOf(repetition, component, (number) => repetition.component(number)).flatMap((one) =>
      partsOf(one, subcomponent, (number) => one.subcomponent(number))
        .filter((leaf) => !leaf.isAbsent)
        // A field of one component is written as the field.
        .map((leaf) => [field, repetition, one].find((outer) => isSame(outer, leaf)) ?? leaf),
    ),
  );
}

function isSame(outer: Hl7Element, leaf: Hl7Element): boolean {
  return outer.start === leaf.start && outer.end === leaf.end;
}

function partsOf<T>(element: Hl7Element, delimiter: string | undefined, part: (number: number) => T): T[] {
  const count = delimiter === undefined ? 1 : element.octets.split(delimiter).length;
  return Array.from({ length: count }, (_unused, index) => part(index + 1));
}

function toPlace(
  leaf: Hl7Element,
  group: string,
  isAsSent: boolean,
): { leaf: Hl7Element; place: SourcePlace } {
  const { start, end } = leaf;
  return {
    leaf,
    place: { path: leaf.path, group, text: leaf.octets, ...(isAsSent ? { bytes: { start, end } } : {}) },
  };
}

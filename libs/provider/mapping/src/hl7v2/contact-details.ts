import type { Hl7Field, Hl7Repetition } from '@samenhang/hl7v2';
import { codeSpecification, concept } from '../datatypes/concepts.js';
import { codeSystems, extensionUrls } from '../fhir-systems.js';
import type { Address, ContactPoint, Extension } from '../fhir-types.js';
import { textOf, type Hl7Run } from './hl7-run.js';

export function readAddresses(field: Hl7Field, run: Hl7Run): Address[] {
  return field.repetitions.flatMap((value) => readAddress(value, run) ?? []);
}

/**
 * An address (XAD). Where the street comes in parts (SAD: street & number), the second component is the addition to the
 * house number, as is Dutch practice; else it is a second line.
 */
export function readAddress(value: Hl7Repetition, run: Hl7Run): Address | undefined {
  const address: Address = {};
  addLines(address, value);
  const put = (element: 'city' | 'state' | 'postalCode' | 'country', number: number): void => {
    const text = textOf(value.component(number));
    if (text !== undefined) address[element] = text;
  };
  put('city', 3);
  put('state', 4);
  put('postalCode', 5);
  put('country', 6);
  if (Object.keys(address).length === 0) return undefined;
  addAddressType(address, textOf(value.component(7)), run);
  return address;
}

function addLines(address: Address, value: Hl7Repetition): void {
  const street = value.component(1);
  const [whole, streetName, houseNumber] = [1, 2, 3].map((number) => textOf(street.subcomponent(number)));
  const second = textOf(value.component(2));
  if (streetName === undefined && houseNumber === undefined) {
    const lines = [whole, second].filter((line) => line !== undefined);
    if (lines.length > 0) address.line = lines;
    return;
  }
  const parts: Extension[] = [];
  const add = (url: string, text: string | undefined): void => {
    if (text !== undefined) parts.push({ url, valueString: text });
  };
  add(extensionUrls.streetName, streetName);
  add(extensionUrls.houseNumber, houseNumber);
  add(extensionUrls.buildingNumberSuffix, second);
  address.line = [whole ?? [streetName, houseNumber, second].filter((part) => part !== undefined).join(' ')];
  address._line = [{ extension: parts }];
}

function addAddressType(address: Address, type: string | undefined, run: Hl7Run): void {
  const [use, kind, zib] = run.mapping.tables.findHl7('0190', type)?.split(' ') ?? [];
  if (use !== undefined && use !== '-') address.use = use;
  if (kind !== undefined && kind !== '-') address.type = kind;
  if (zib === undefined) return;
  address.extension = [
    { url: extensionUrls.addressType, valueCodeableConcept: concept(codeSystems.addressUse, zib) },
  ];
}

/** Telephone numbers and e-mail addresses (XTN). `use` is what the field itself says, e.g. home for PID-13. */
export function readContactPoints(
  field: Hl7Field,
  run: Hl7Run,
  use: 'home' | 'work' | undefined,
): ContactPoint[] {
  return field.repetitions.flatMap((value) => readContactPoint(value, run, use) ?? []);
}

function readContactPoint(
  value: Hl7Repetition,
  run: Hl7Run,
  use: string | undefined,
): ContactPoint | undefined {
  const { tables } = run.mapping;
  const email = textOf(value.component(4));
  const number = email ?? textOf(value.component(12)) ?? textOf(value.component(1)) ?? composeNumber(value);
  if (number === undefined) return undefined;
  const useCode = textOf(value.component(2));
  const equipment = tables.findHl7('0202', textOf(value.component(3)));
  const isEmail = email !== undefined || equipment === 'email' || number.includes('@');
  const point: ContactPoint = { system: isEmail ? 'email' : kindOf(equipment), value: number };
  if (equipment === 'mobile' && !isEmail) point._system = codeSpecification(codeSystems.addressUse, 'MC');
  // A mobile telephone is at home nowhere unless the sender says so.
  const stated =
    tables.findHl7('0201', useCode) ?? (useCode === undefined && equipment !== 'mobile' ? use : undefined);
  if (stated !== undefined) point.use = stated;
  return point;
}

function kindOf(equipment: string | undefined): string {
  return equipment === undefined || equipment === 'mobile' ? 'phone' : equipment;
}

function composeNumber(value: Hl7Repetition): string | undefined {
  const [country, area, local, extension] = [5, 6, 7, 8].map((number) => textOf(value.component(number)));
  if (local === undefined) return undefined;
  const parts = [country === undefined ? undefined : `+${country.replace(/^\+/, '')}`, area, local];
  const number = parts.filter((part) => part !== undefined).join(' ');
  return extension === undefined ? number : `${number} x${extension}`;
}

import { conceptText } from '@samenhang/fhir-r4';
import { codeSystems, extensionUrls } from '../fhir-systems.js';
import type { CodeableConcept, Coding, Element } from '../fhir-types.js';
import type { BindingName, CodeTables } from '../tables/code-tables.js';

export function concept(system: string, code: string, text?: string): CodeableConcept {
  return { coding: [{ system, code }], ...(text === undefined ? {} : { text }) };
}

export function findCoding(concept: CodeableConcept | undefined, system: string): Coding | undefined {
  return concept?.coding?.find((coding) => coding.system === system && coding.code !== undefined);
}

export function hasCoding(concept: CodeableConcept | undefined, system: string, code: string): boolean {
  return concept?.coding?.some((coding) => coding.system === system && coding.code === code) === true;
}

/** Adds a coding that says the same as those present. */
export function addCoding(target: CodeableConcept, system: string, code: string): void {
  if (hasCoding(target, system, code)) return;
  (target.coding ??= []).push({ system, code });
}

/** Puts a coding first: profiles with a fixed pattern and readers alike look there. */
export function leadWithCoding(target: CodeableConcept, system: string, code: string): void {
  if (!hasCoding(target, system, code)) target.coding = [{ system, code }, ...(target.coding ?? [])];
}

/**
 * Whether one coding can satisfy a required binding: of a system that it names, or one that a terminology server translated into
 * such a system, which is then added. Text alone, or another code, never does.
 */
export function satisfies(
  target: CodeableConcept | undefined,
  binding: BindingName,
  tables: CodeTables,
): boolean {
  const codings = target?.coding?.filter((coding) => coding.code !== undefined) ?? [];
  if (codings.some((coding) => tables.binds(binding, coding.system))) return true;
  for (const coding of codings) {
    const translated = tables.translate(binding, coding);
    if (translated === undefined) continue;
    target?.coding?.push({ ...translated });
    return true;
  }
  return false;
}

/** As `conceptText`, with the codes, for a concept that finds no place as a code: nothing of it may be lost. */
export function conceptInFull(target: CodeableConcept): string {
  const codes = (target.coding ?? [])
    .map((coding) => `${coding.system ?? ''}|${coding.code ?? ''}`)
    .join(', ');
  const text = conceptText(target);
  return codes === '' ? text : `${text} [${codes}]`;
}

/** The zib's own code on an element that FHIR binds to another code list (ext-CodeSpecification). */
export function codeSpecification(system: string, code: string): Element {
  return {
    extension: [{ url: extensionUrls.codeSpecification, valueCodeableConcept: concept(system, code) }],
  };
}

export function hasCodeSpecification(element: Element | null | undefined): boolean {
  return element?.extension?.some((extension) => extension.url === extensionUrls.codeSpecification) === true;
}

/** A code list of a zib that names NullFlavor OTH as its way out: the original coding stays beside it. */
export function withOther(target: CodeableConcept): CodeableConcept {
  addCoding(target, codeSystems.nullFlavor, 'OTH');
  return target;
}

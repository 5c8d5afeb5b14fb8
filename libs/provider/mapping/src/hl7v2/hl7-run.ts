import type { Hl7Element, Hl7Message, Hl7Segment } from '@samenhang/hl7v2';
import type { MappingIssue } from '@samenhang/data-model';
import type { MessageMapping } from '../message-mapping.js';
import type { Reference } from '../fhir-types.js';
import { hl7TableSystem } from '../fhir-systems.js';
import { dateTimeTexts, readDateTime, type DateTime } from './date-time.js';

interface NamedReference {
  readonly reference: Reference;
  /** A name came along; with a later mention without one nothing would be added. */
  readonly hasName: boolean;
}

interface TextElement extends Hl7Element {
  readonly text: string | undefined;
}

/** Text of an element without blanks around it; undefined when absent, `""` or blank. */
export function textOf(element: { readonly text: string | undefined }): string | undefined {
  const text = element.text?.trim();
  return text === '' ? undefined : text;
}

/** One HL7 v2 message being mapped: what the functions for its segments share. */
export class Hl7Run {
  constructor(
    readonly message: Hl7Message,
    readonly mapping: MessageMapping,
  ) {
    const { code, trigger = '' } = message.type;
    this.trigger = trigger;
    this.mentionsOnly = code !== 'ADT' && code !== 'BAR';
  }

  /** MSH-9.2, e.g. `A01`. */
  readonly trigger: string;

  /**
   * A result or order names its patient and visit but does not describe them: they must not replace what is known. Only
   * the patient administration (ADT, BAR) describes them.
   */
  readonly mentionsOnly: boolean;
  readonly #moments = new Map<string, DateTime>();
  /** Care professionals and organisations that the message named before, by key. */
  readonly named = new Map<string, NamedReference>();

  report(
    severity: MappingIssue['severity'],
    code: string,
    place: { readonly path: string },
    text: string,
  ): void {
    this.mapping.report(severity, code, place.path, text);
  }

  /** Reports a code of an HL7 table that has no counterpart, and counts it. */
  reportUnmapped(code: string, table: string, element: TextElement, text: string): void {
    this.report('warning', code, element, text);
    const stated = textOf(element);
    if (stated === undefined) return;
    this.mapping.countUnmapped({ coding: [{ system: hl7TableSystem(table), code: stated }] }, '');
  }

  /** A date or time of a field; one that does not exist is reported and left out. */
  dateTime(element: TextElement): string | undefined {
    const text = textOf(element);
    if (text === undefined) return undefined;
    const result = this.#readDateTime(text);
    if ('problem' in result) {
      this.report('error', result.problem, element, dateTimeTexts[result.problem]);
      return undefined;
    }
    if (result.remark !== undefined)
      this.report('information', result.remark, element, dateTimeTexts[result.remark]);
    return result.value;
  }

  /** The times of a message are few: each result repeats that of its order. */
  #readDateTime(text: string): DateTime {
    let result = this.#moments.get(text);
    if (result === undefined) {
      result = readDateTime(text, this.mapping.settings.timeZone);
      this.#moments.set(text, result);
    }
    return result;
  }

  /** Runs the mapping of one part; a fault in it loses that part, visibly, and nothing else. */
  part(segment: Hl7Segment, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof UnusablePart)) throw error;
      this.report('error', error.code, { path: error.path ?? segment.path }, error.message);
    }
  }
}

/** Thrown when a segment cannot be used. */
export class UnusablePart extends Error {
  constructor(
    readonly code: string,
    text: string,
    readonly path?: string,
  ) {
    super(text);
  }
}

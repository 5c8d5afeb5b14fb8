/** A place in a message, as data type ERL (HL7 v2.5 §2.A.28) names it. All numbers count from 1. */
export interface Hl7Location {
  readonly segment: string;
  /** Which occurrence of this segment in the message. */
  readonly sequence: number;
  readonly field?: number;
  readonly repetition?: number;
  readonly component?: number;
  readonly subcomponent?: number;
}

/** The form people read: `PID-3[2].4.1`, `OBX[5]-5`. First occurrences and repetitions carry no number. */
export function formatLocation(location: Hl7Location): string {
  const { segment, sequence, field, repetition, component, subcomponent } = location;
  let text = sequence > 1 ? `${segment}[${String(sequence)}]` : segment;
  if (field === undefined) return text;
  text += `-${String(field)}`;
  if (repetition !== undefined && repetition > 1) text += `[${String(repetition)}]`;
  if (component !== undefined) text += `.${String(component)}`;
  if (subcomponent !== undefined) text += `.${String(subcomponent)}`;
  return text;
}

/** The wire form of an ERR-2 error location, in the message's own delimiters. */
export function encodeLocation(location: Hl7Location, componentDelimiter: string): string {
  const { segment, sequence, field, repetition, component, subcomponent } = location;
  const parts = [
    segment,
    sequence,
    field,
    repetition ?? (component === undefined ? undefined : 1),
    component,
    subcomponent,
  ];
  while (parts.at(-1) === undefined) parts.pop();
  return parts.map((part) => String(part ?? '')).join(componentDelimiter);
}

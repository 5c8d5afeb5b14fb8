/** Sections of a patient's view, each with its facts: what has no section of its own is among the others, never left out. */
export const viewSections = [
  'problems',
  'allergies',
  'medication',
  'laboratoryResults',
  'vitalSigns',
  'encounters',
  'procedures',
  'immunizations',
  'documents',
  'others',
] as const;

export type ViewSection = (typeof viewSections)[number];

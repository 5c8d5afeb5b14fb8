import type { Annotation } from '../fhir-types.js';

interface Noted {
  note?: Annotation[];
}

/** Keeps in words what has no place as an element. A note that is there already is not repeated. */
export function addNote(target: Noted, text: string): void {
  const notes = (target.note ??= []);
  if (!notes.some((note) => note.text.split('\n').includes(text))) notes.push({ text });
}

/**
 * One note, as zib profiles have it, from many: in order, each with its own author and time where it names one. A
 * single note stays as it is.
 */
export function mergeNotes(target: Noted): void {
  const notes = target.note;
  if (notes === undefined || notes.length < 2) return;
  target.note = [{ text: notes.map(noteInWords).join('\n') }];
}

function noteInWords(note: Annotation): string {
  const author = note.authorString ?? note.authorReference?.display;
  const origin = [author, note.time].filter((part) => part !== undefined).join(', ');
  return origin === '' ? note.text : `${note.text} (${origin})`;
}

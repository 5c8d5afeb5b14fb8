import type { Term } from './term.js';

/** Where what a path reaches stands, seen from the focus: at the focus itself, only below it, or anywhere else. */
type Direction = 'focus' | 'below' | 'elsewhere';

/**
 * Whether everything a path reaches stands below the focus. Followed again and again such a path comes to an end, since a
 * resource is a finite tree; `$this`, `%resource` or a computed value would be reached for ever.
 */
export function isDescending(term: Term): boolean {
  return directionOf(term) === 'below';
}

function directionOf(term: Term): Direction {
  switch (term.kind) {
    case 'none':
      return 'below';
    case 'focus':
      return 'focus';
    case 'member':
      return directionOf(term.from) === 'elsewhere' ? 'elsewhere' : 'below';
    case 'resources-of-type':
    case 'filter':
    case 'pick':
    case 'item-at':
    case 'slice':
    case 'distinct':
    case 'single':
      return directionOf(term.from);
    case 'each':
      return further(directionOf(term.from), directionOf(term.projection));
    case 'union':
      return either(directionOf(term.left), directionOf(term.right));
    case 'choose':
      return either(directionOf(term.then), directionOf(term.otherwise));
    default:
      return 'elsewhere';
  }
}

function further(first: Direction, next: Direction): Direction {
  if (first === 'elsewhere' || next === 'elsewhere') return 'elsewhere';
  return first === 'below' || next === 'below' ? 'below' : 'focus';
}

function either(left: Direction, right: Direction): Direction {
  if (left === 'elsewhere' || right === 'elsewhere') return 'elsewhere';
  return left === 'focus' || right === 'focus' ? 'focus' : 'below';
}

/** What a reader chose for this browser: language and colours. Nothing of a person or a session is ever kept here. */
type Preference = 'language' | 'theme';

export function recall(name: Preference): string | null {
  try {
    return localStorage.getItem(`portal-${name}`);
  } catch {
    // A browser that keeps nothing still works.
    return null;
  }
}

export function remember(name: Preference, value: string): void {
  try {
    localStorage.setItem(`portal-${name}`, value);
  } catch {
    // See above.
  }
}

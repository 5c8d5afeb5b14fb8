import type { StaffMember } from './start-staff-login.js';

const words = {
  nl: {
    title: 'Wie bent u? (nabootsing)',
    explained: 'Dit is de inlogpagina van een verzonnen organisatie: kies wie u bent.',
    person: 'Medewerker',
    signIn: 'Inloggen',
    leave: 'Niet inloggen',
    over: 'Dit inloggen is verlopen',
    again: 'Ga terug naar waar u vandaan kwam en begin opnieuw.',
    organisation: 'Inlogdienst van de organisatie',
  },
  en: {
    title: 'Who are you? (stand-in)',
    explained: 'This is the sign-in page of an organisation that does not exist: choose who you are.',
    person: 'Member of staff',
    signIn: 'Sign in',
    leave: 'Do not sign in',
    over: 'This sign-in is over',
    again: 'Go back to where you came from and begin again.',
    organisation: 'Sign-in service of the organisation',
  },
} as const;

type Language = keyof typeof words;

/** The one of the browser's languages that comes first, of those there are. */
export function languageOf(accepted: string | undefined): Language {
  return /\b(nl|en)\b/.exec(accepted ?? '')?.[1] === 'en' ? 'en' : 'nl';
}

export function choicePage(language: Language, people: readonly StaffMember[]): string {
  const text = words[language];
  const options = people.map(({ id, name }) => `<option value="${escape(id)}">${escape(name)}</option>`);
  return page(
    language,
    text.title,
    `<p>${text.explained}</p>
<form method="post">
<p><label for="person">${text.person}</label><br><select id="person" name="person">${options.join('')}</select></p>
<p><button name="decision" value="yes">${text.signIn}</button> <button name="decision" value="no">${text.leave}</button></p>
</form>`,
  );
}

export function overPage(language: Language): string {
  const text = words[language];
  return page(language, text.over, `<p>${text.again}</p>`);
}

/** Without a style of its own: the browser's, in the colours that the reader has. */
function page(language: Language, title: string, body: string): string {
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${title}</title></head><body><header><p>${words[language].organisation}</p></header>
<main><h1>${title}</h1>${body}</main><footer><p>Samenhang</p></footer></body></html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

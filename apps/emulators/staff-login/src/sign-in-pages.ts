import { escapeHtml, plainPage, type PageLanguage } from '@samenhang/service-kit';
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

export function choicePage(language: PageLanguage, people: readonly StaffMember[]): string {
  const text = words[language];
  const options = people.map(
    ({ id, name }) => `<option value="${escapeHtml(id)}">${escapeHtml(name)}</option>`,
  );
  return plainPage({
    language,
    title: text.title,
    site: text.organisation,
    body: `<p>${text.explained}</p>
<form method="post">
<p><label for="person">${text.person}</label><br><select id="person" name="person">${options.join('')}</select></p>
<p><button name="decision" value="yes">${text.signIn}</button> <button name="decision" value="no">${text.leave}</button></p>
</form>`,
  });
}

export function overPage(language: PageLanguage): string {
  const text = words[language];
  return plainPage({ language, title: text.over, site: text.organisation, body: `<p>${text.again}</p>` });
}

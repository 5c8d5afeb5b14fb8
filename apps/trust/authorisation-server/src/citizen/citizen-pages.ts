import type { RegisteredClient } from '@samenhang/identity';
import { escapeHtml, plainPage, type PageLanguage } from '@samenhang/service-kit';
import type { CitizenRequest } from './citizen-request.js';

/** What an application may do beside collecting data, by its scopes. */
type AlsoAsked = Readonly<Partial<Record<string, string>>>;

const nl = {
  site: 'Toestemming',
  title: 'Gegevens ophalen?',
  asks: 'vraagt uw gegevens op bij:',
  custodian: 'zorgaanbieder met nummer',
  visit: 'U geeft toestemming voor dit bezoek, ten hoogste een half uur.',
  yes: 'Ja, ophalen',
  no: 'Nee',
  failed: 'Dit is niet gelukt',
  again: 'Het verzoek klopt niet, of het duurde te lang. Begin opnieuw.',
  alsoAsked: {
    'audit:own': 'De toepassing mag ook laten zien wie daar uw gegevens bekeek.',
    'consent:own': 'De toepassing mag ook uw keuzes over het delen van uw gegevens laten zien en veranderen.',
  } satisfies AlsoAsked as AlsoAsked,
};

const words: Readonly<Record<PageLanguage, typeof nl>> = {
  nl,
  en: {
    site: 'Leave',
    title: 'Collect data?',
    asks: 'asks for your data at:',
    custodian: 'care provider with number',
    visit: 'You give leave for this visit, for half an hour at most.',
    yes: 'Yes, collect them',
    no: 'No',
    failed: 'This did not work',
    again: 'The request is not right, or it took too long. Begin again.',
    alsoAsked: {
      'audit:own': 'The application may also show who looked at your data there.',
      'consent:own': 'The application may also show and change your choices about the sharing of your data.',
    },
  },
};

/** The question to the citizen: the one page of this service that people see. */
export function consentPage(
  language: PageLanguage,
  { holders }: CitizenRequest,
  { title, scopes }: Pick<RegisteredClient, 'title' | 'scopes'>,
  consent: string,
): string {
  const text = words[language];
  const more = scopes.flatMap((scope) => text.alsoAsked[scope] ?? []);
  const items = holders.map((holder) => `<li>${text.custodian} <strong>${escapeHtml(holder)}</strong></li>`);
  return plainPage({
    language,
    title: text.title,
    site: text.site,
    body: `<p><strong>${escapeHtml(title)}</strong> ${text.asks}</p>
<ul>${items.join('')}</ul>
${more.map((sentence) => `<p>${sentence}</p>`).join('')}
<p>${text.visit}</p>
<form method="post" action="consent">
<input type="hidden" name="consent" value="${escapeHtml(consent)}">
<button name="decision" value="yes">${text.yes}</button>
<button name="decision" value="no">${text.no}</button>
</form>`,
  });
}

export function refusalPage(language: PageLanguage): string {
  const { failed, again, site } = words[language];
  return plainPage({ language, title: failed, site, body: `<p>${again}</p>` });
}

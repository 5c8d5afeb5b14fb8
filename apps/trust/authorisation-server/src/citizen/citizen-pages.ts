import type { RegisteredClient } from '@samenhang/identity';
import type { CitizenRequest } from './citizen-request.js';

/** The question to the citizen, in Dutch: the one page of this service that people see. */
export function consentPage(
  { holders }: CitizenRequest,
  { title, scopes }: Pick<RegisteredClient, 'title' | 'scopes'>,
  consent: string,
): string {
  const more = Object.entries(alsoAsked).flatMap(([scope, words]) => (scopes.includes(scope) ? [words] : []));
  return page(
    'Toestemming',
    `<h1>Gegevens ophalen?</h1>
<p><strong>${escape(title)}</strong> vraagt uw gegevens op bij:</p>
<ul>${holders.map((holder) => `<li>zorgaanbieder met nummer <strong>${escape(holder)}</strong></li>`).join('')}</ul>
${more.map((words) => `<p>${words}</p>`).join('')}
<p>U geeft toestemming voor dit bezoek, ten hoogste een half uur.</p>
<form method="post" action="consent">
<input type="hidden" name="consent" value="${escape(consent)}">
<button name="decision" value="yes">Ja, ophalen</button>
<button name="decision" value="no">Nee</button>
</form>`,
  );
}

/** What an application may do beside collecting data, by its scopes. */
const alsoAsked: Readonly<Record<string, string>> = {
  'audit:own': 'De toepassing mag ook laten zien wie daar uw gegevens bekeek.',
  'consent:own': 'De toepassing mag ook uw keuzes over het delen van uw gegevens laten zien en veranderen.',
};

export function refusalPage(): string {
  return page(
    'Niet gelukt',
    '<h1>Dit is niet gelukt</h1><p>Het verzoek klopt niet, of het duurde te lang. Begin opnieuw.</p>',
  );
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>${title}</title></head><body>${body}</body></html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

import type { CitizenRequest } from './citizen-request.js';

/** The question to the citizen, in Dutch: the one page of this service that people see. */
export function consentPage(request: CitizenRequest, application: string, consent: string): string {
  return page(
    'Toestemming',
    `<h1>Gegevens ophalen?</h1>
<p><strong>${escape(application)}</strong> vraagt uw gegevens op bij de zorgaanbieder met nummer
<strong>${escape(request.holder)}</strong>. U geeft toestemming voor deze ene keer.</p>
<form method="post" action="consent">
<input type="hidden" name="consent" value="${escape(consent)}">
<button name="decision" value="yes">Ja, ophalen</button>
<button name="decision" value="no">Nee</button>
</form>`,
  );
}

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

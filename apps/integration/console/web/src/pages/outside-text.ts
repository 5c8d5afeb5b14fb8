import { defineText } from '@samenhang/portal-web';

export const outsideText = defineText(
  {
    title: 'Diensten van buiten',
    caption: 'Diensten van buiten, volgens henzelf en wie ze bevraagt',
    service: 'Dienst',
    state: 'Toestand',
    states: {
      answers: 'antwoordt',
      'no-fault': 'geen storing gemeld',
      failing: 'antwoordt niet',
      unknown: 'onbekend',
    },
    problems: 'Meldingen',
    none: 'geen',
    since: 'sinds',
    names: {
      'consent-register': 'Toestemming (Mitz)',
      dezi: 'Identiteit van zorgverleners (Dezi)',
      'address-book': 'Adressering (LRZa)',
      'reference-index': 'Verwijsindex (NVI)',
      pseudonymisation: 'Pseudonimisering (PRS)',
    },
  },
  {
    title: 'Services outside',
    caption: 'Services outside, as they and those who ask them say',
    service: 'Service',
    state: 'State',
    states: {
      answers: 'answers',
      'no-fault': 'no fault reported',
      failing: 'does not answer',
      unknown: 'unknown',
    },
    problems: 'Problems',
    none: 'none',
    since: 'since',
    names: {
      'consent-register': 'Consent (Mitz)',
      dezi: 'Identity of professionals (Dezi)',
      'address-book': 'Addressing (LRZa)',
      'reference-index': 'Reference index (NVI)',
      pseudonymisation: 'Pseudonymisation (PRS)',
    },
  },
);

import { defineText } from '@samenhang/portal-web';

export const flowText = defineText(
  {
    title: 'Doorstroom',
    flow: 'Berichten per minuut',
    lag: 'Wachtende berichten',
    values: 'Dezelfde waarden als tabel',
    moment: 'Moment',
    perMinute: 'Per minuut',
    waiting: 'Wachtend',
    quarantined: 'In quarantaine',
    source: 'Bron',
    messages: 'Berichten',
    refresh: 'Ververs',
    none: 'Er is nog niets gemeten.',
  },
  {
    title: 'Flow',
    flow: 'Messages a minute',
    lag: 'Waiting messages',
    values: 'The same values as a table',
    moment: 'Moment',
    perMinute: 'A minute',
    waiting: 'Waiting',
    quarantined: 'In quarantine',
    source: 'Source',
    messages: 'Messages',
    refresh: 'Refresh',
    none: 'Nothing was measured yet.',
  },
);

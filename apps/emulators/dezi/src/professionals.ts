/** A fictitious professional for whom the emulator issues statements. */
export interface DemoProfessional {
  readonly deziNumber: string;
  readonly initials: string;
  readonly prefix: string | null;
  readonly surname: string;
  readonly subscriberNumber: string;
  readonly subscriberName: string;
  readonly roleCode: string;
  readonly roleName: string;
}

export const demoProfessionals: readonly DemoProfessional[] = [
  {
    deziNumber: '000095254',
    initials: 'J.',
    prefix: null,
    surname: 'Vos',
    subscriberNumber: '11111111',
    subscriberName: 'Huisartsenpraktijk Zonneweg',
    roleCode: '01.015',
    roleName: 'Huisarts',
  },
  {
    deziNumber: '900000009',
    initials: 'M.',
    prefix: 'van',
    surname: 'Dijk',
    subscriberNumber: '33333333',
    subscriberName: 'Verpleeghuis De Linde',
    roleCode: '30.000',
    roleName: 'Verpleegkundige',
  },
  {
    deziNumber: '900000021',
    initials: 'S.',
    prefix: null,
    surname: 'Bakker',
    subscriberNumber: '22222222',
    subscriberName: 'Ziekenhuis Noord',
    roleCode: '01.000',
    roleName: 'Arts',
  },
  {
    deziNumber: '900000033',
    initials: 'T.',
    prefix: 'de',
    surname: 'Wit',
    subscriberNumber: '44444444',
    subscriberName: 'Apotheek De Brug',
    roleCode: '17.000',
    roleName: 'Apotheker',
  },
];

import { accept, hl7, msh, type Accepted } from './messages.js';

export const person =
  'PID|1||1234567^^^^PI~900186021^^^NLMINBIZA^NNNLD||Jansen&&Jansen^Anna^^^^^L||19650301|F|||Dorpsstraat 38&Dorpsstraat&38^^Zwolle^^8011AB^NL^H||038-1234567^PRN^PH||nld|M';
export const stay =
  'PV1|1|I|5A^12^2^NOORD|R|||03012345^van den Berg^K.L.^^^^^^VEKTIS||||||N|7||||KLIN|V1^^^NOORD^VN|||||||||||||||||||||||||202603011130';

/** One message of each type with the segments that it is for, in the conventions of Dutch care providers. */
export const careMessages = {
  admission: [
    msh('ADT^A01^ADT_A01'),
    'EVN|A01|20260301120000',
    person,
    'ROL|1|AD|FHCP^Huisarts^HL70443|01001234^de Boer^P^^^^^^VEKTIS',
    'ROL|2|AD|CM^Casemanager^HL70443|01009999^Vos^R^^^^^^VEKTIS|20260101',
    'NK1|1|Jansen^Piet^^^^^L|SPO||06-87654321^ORN^CP||C||||||||M',
    stay,
    'PV2|||^Pijn op de borst',
    'ROL|3|AD|AT^Behandelaar^HL70443|19012345601^Smit^A^^^^^^BIG',
    'AL1|1|DA|764146007^Penicilline^SCT|SV|39579001^anafylaxie^SCT|201505',
    'DG1|1||I21.0^Acuut myocardinfarct^I10||20260301|W',
    'PR1|1||80146002^Appendectomie^SCT||202602281000|||||||03012345^van den Berg^K.L.^^^^^^VEKTIS',
    'PR1|2||LOC1^Plaatselijk^L|Hechten van wond|202602281000',
    'IN1|1|BASIS^Basisverzekering|3311^^^VEKTIS^UZOVI|Zorgverzekeraar Noord|Postbus 1^^Leiden^^2300AA^NL^B||071-1234567^WPN^PH|||||20260101|20261231|||||||||||||||||||||||POLIS1|||||||||||||123456',
    'OBX|1|CE|46264-8^Hulpmiddel^LN||14106009^Pacemaker^SCT||||||F|||20260301',
    'OBX|2|ST|74711-3^UDI^LN||(01)08712345678906(21)A1||||||F|||20260301',
  ],
  document: [
    msh('MDM^T02^MDM_T02'),
    'EVN|T02|20260305100000',
    person,
    stay,
    'TXA|1|OB^Ontslagbrief^L|TX|20260305095500||20260305100000|||03012345^van den Berg^K.L.^^^^^^VEKTIS|19012345601^Smit^A^^^^^^BIG||DOC1^NOORD|||||LA|R|AV',
    'OBX|1|TX|11490-0^Ontslagbrief^LN||Patiënt is opgenomen geweest.||||||F',
    'OBX|2|TX|11490-0^Ontslagbrief^LN||Ontslag in goede toestand.||||||F',
    'OBX|3|ED|11490-0^Ontslagbrief^LN||^AP^PDF^Base64^JVBERi0xLjQK||||||F',
  ],
  radiology: [
    msh('ORU^R01^ORU_R01'),
    person,
    'ORC|RE|P7^EPD|F7^RIS',
    'OBR|1|P7^EPD|F7^RIS|399208008^X-thorax^SCT|||202603021015|||||||||||||||202603021100||RAD|F|||||||03012345&van den Berg&K.L.&&&&&&VEKTIS',
    'OBX|1|TX|18782-3^Bevindingen^LN||Geen infiltraat.||||||F',
    'OBX|2|TX|18782-3^Bevindingen^LN||Normale hartgrootte.||||||F',
    'OBX|3|TX|19005-8^Conclusie^LN||Geen afwijkingen.||||||F',
    'OBX|4|RP|18782-3^Beeld^LN||https://beeld.example/1^PACS^IM^JPEG||||||F',
  ],
  specimens: [
    msh('OUL^R22^OUL_R22'),
    person,
    'SPM|1|S1^LAB||UR^Urine^HL70487|||||||||||||202603021015|202603021100',
    'OBR|1|P8^EPD|F8^LAB|630-4^Urinekweek^LN|||202603021015|||||||||||||||202603041100||MB|F',
    'ORC|RE|P8^EPD|F8^LAB',
    'OBX|1|CE|630-4^Urinekweek^LN||112283007^E. coli^SCT||||||F',
  ],
  laboratoryOrder: [
    msh('OML^O21^OML_O21', '2.5.1'),
    person,
    stay,
    'ORC|NW|P9^EPD|||||||20260302101500|||03012345^van den Berg^K.L.^^^^^^VEKTIS',
    'TQ1|1||||||20260303||R',
    'OBR|1|P9^EPD||24323-8^Chemie^LN|R||||||||verdenking nierfalen|||03012345^van den Berg^K.L.^^^^^^VEKTIS',
    'NTE|1||nuchter prikken',
    'DG1|1||N17.9^Acuut nierfalen^I10||20260302|W',
    'OBX|1|ST|LOC7^Medicatie^L||geen||||||F',
    'SPM|1|S9^EPD||SER^Serum^HL70487',
  ],
  procedureOrder: [
    msh('ORM^O01^ORM_O01', '2.4'),
    person,
    'ORC|NW|P10^EPD|||||^^^202603050900^^S||20260302101500|||03012345^van den Berg^K.L.^^^^^^VEKTIS',
    'OBR|1|P10^EPD||399208008^X-thorax^SCT|S|202603050900||||||||||||||||||RAD|||||||^verdenking pneumonie',
  ],
  prescription: [
    msh('RDE^O11^RDE_O11'),
    person,
    'ORC|NW|RX1^EPD|||||||20260302101500|||03012345^van den Berg^K.L.^^^^^^VEKTIS',
    'RXE||2194^Metoprolol tablet 50 mg^GPK|1|2|1^stuk^L|1^tablet^L|^na het eten||N|30|1^stuk^L|2|||||||||||||50|mg^mg^UCUM|38341003^Hypertensie^SCT',
    'TQ1|1||BID||||20260302|20260401||||||',
    'RXR|9^oraal^2.16.840.1.113883.2.4.4.9',
    'NTE|1||Niet plotseling stoppen',
  ],
  compound: [
    msh('OMP^O09^OMP_O09'),
    person,
    'ORC|NW|RX2^EPD|||||||20260302101500|||03012345^van den Berg^K.L.^^^^^^VEKTIS',
    'RXO|^Zalf volgens voorschrift|1,5||g^gram^UCUM|||^dun aanbrengen|||||100|g^gram^UCUM',
    'TQ1|1||Q8H PRN',
    'RXR|TOP^Topical^HL70162',
    'RXC|B|1^Vaseline^GPK|90|g^gram^UCUM',
    'RXC|A|2^Hydrocortison^GPK|10|g^gram^UCUM',
  ],
  dispense: [
    msh('RDS^O13^RDS_O13'),
    person,
    'ORC|RE|RX1^EPD|AP1^APO||||||20260303101500',
    'RXE||2194^Metoprolol tablet 50 mg^GPK|1||1^stuk^L',
    'RXD|1|2194^Metoprolol tablet 50 mg^GPK|202603031200|30|1^stuk^L||AP1||Houdbaar tot 2027|012345678^Bos^B^^^^^^UZI',
  ],
  administration: [
    msh('RAS^O17^RAS_O17'),
    person,
    'ORC|RE|RX3^EPD',
    'RXA|0|1|202603031200|202603031200|2194^Metoprolol^GPK|50|mg^mg^UCUM|||012345678^Bos^B^^^^^^UZI||||||||||CP|A',
    'RXR|9^oraal^2.16.840.1.113883.2.4.4.9',
  ],
  vaccination: [
    msh('VXU^V04^VXU_V04', '2.5.1'),
    person,
    'ORC|RE||V77^RIVM|||||||||03012345^van den Berg^K.L.^^^^^^VEKTIS',
    'RXA|0|1|20260301|20260301|140^Influenza^CVX|0,5|mL^^UCUM||00^Nieuw^NIP001|012345678^Bos^B^^^^^^UZI|GGD^^^GGD||||L123|20270101|MSD^Fabrikant^MVX|||CP|A',
    'RXR|IM^Intramusculair^HL70162|LA^Linkerarm^HL70163',
    'OBX|1|NM|30973-2^Dosisnummer^LN||2||||||F',
    'OBX|2|CE|31044-1^Reactie^LN||386661006^Koorts^SCT||||||F|||20260301',
  ],
  problem: [
    msh('PPR^PC1^PPR_PC1'),
    person,
    'PRB|AD|20260301|T90.02^Diabetes mellitus type 2^ICPC|PR1^EPD|||20150301||||||CONFIRMED|ACTIVE||2015',
    'NTE|1||Sinds 2015 onder controle',
    'GOL|AD|20260301|^HbA1c onder 53|G1^EPD|||20260301||20270301',
  ],
  referral: [
    msh('REF^I12^REF_I12'),
    'RF1|P|R|CON^Consult^HL70281||AMB|REF1^HUISARTS|20260301|20270301|20260301101500|S^Second opinion^HL70336',
    'PRD|RP|de Boer^P',
    'PRD|RT|van den Berg^K.L.',
    person,
    'DG1|1||K74^Angina pectoris^ICPC||20260301|W',
    'AL1|1|DA|764146007^Penicilline^SCT|SV',
    'OBR|1|P11^HIS|F11^HIS|24323-8^Chemie^LN|||20260228|||||||||||||||20260228||CH|F',
    'OBX|1|NM|2160-0^Kreatinine^LN||88|umol/l|60-110||||F',
    'NTE|1||Graag beoordeling',
  ],
  appointment: [
    msh('SIU^S12^SIU_S12'),
    'SCH|A1^EPD|A1^PLAN||||NEW^Nieuw^L|CHECKUP^Controle^HL70276|NORMAL^Normaal^HL70277|30|min^minuten|^^^202603101000|||||||||||||BOOKED',
    'NTE|1||Neem uw medicatielijst mee',
    person,
    'RGS|1|A',
    'AIS|1|A|11429006^Consult^SCT|202603101000',
    'AIP|1|A|03012345^van den Berg^K.L.^^^^^^VEKTIS|ATND^Behandelaar^L',
    'AIL|1|A|POLI3^2^^NOORD',
    'AIG|1|A|ECHO1^Echoapparaat',
  ],
  link: [msh('ADT^A24'), 'EVN|A24|20260301120000', person, 'PID|2||7654321^^^^PI||Jansen^A'],
  personDeletion: [msh('ADT^A29'), 'EVN|A29|20260301120000', person],
  visitNumber: [msh('ADT^A50'), 'EVN|A50|20260301120000', person, 'MRG|1234567^^^^PI||||V0^^^NOORD^VN', stay],
  accounts: [msh('BAR^P12'), 'EVN|P12|20260301120000', person, stay, 'DG1|1||I21.0^Infarct^I10||20260301|F'],
} as const satisfies Record<string, readonly string[]>;

export function care(name: keyof typeof careMessages): Accepted {
  return accept(hl7(...careMessages[name]));
}

/** A care message with one segment changed. */
export function changed(name: keyof typeof careMessages, from: string, to: string): Accepted {
  return accept(hl7(...careMessages[name].map((segment) => segment.replace(from, to))));
}

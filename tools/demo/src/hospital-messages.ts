import { dischargeLetter } from './discharge-letter.js';
import type { DemoPerson } from './people.js';

/** HL7 v2.5 messages as Hospital Noord sends them, Dutch conventions included. Segments end in CR. */
export function hospitalMessages(people: readonly DemoPerson[]): string[] {
  return people.flatMap((person, index) => [
    admission(person, index),
    laboratoryResult(person, index, 'HBA1C'),
    laboratoryResult(person, index, 'CHEM'),
    addressCorrection(person, index),
    ...(index === 0 ? [...earlierResults(person, index), letter(person, index)] : []),
    ...(index === 1 ? [duplicateRegistration(person), merge(person)] : []),
  ]);
}

/** A message whose BSN fails the eleven-test: it must end in quarantine, not in a record. */
export function messageWithInvalidBsn(person: DemoPerson): string {
  return admission({ ...person, bsn: '123456789', hospitalNumber: '799999' }, 9_999);
}

const SENDER = 'ZIS|NOORD|SAMENHANG|NOORD';

function header(type: string, structure: string, controlId: string): string {
  return `MSH|^~\\&|${SENDER}|20261121080000+0100||${type}^${structure}|${controlId}|P|2.5|||||NLD|UNICODE UTF-8`;
}

function identification(person: DemoPerson, number = person.hospitalNumber, street = person.street): string {
  const prefix = person.prefix === '' ? '' : `${person.prefix} `;
  const surname = `${prefix}${person.familyName}&${person.prefix}&${person.familyName}`;
  const address = `${street} ${person.houseNumber}&${street}&${person.houseNumber}^^${person.city}^^${person.postalCode}^NL^H`;
  const identifiers = `${number}^^^NOORD^PI~${person.bsn}^^^NLMINBIZA^NNNLD`;
  const sex = person.gender === 'female' ? 'F' : 'M';
  return `PID|1||${identifiers}||${surname}^${person.givenName}^^^^^L||${person.birthDate.replaceAll('-', '')}|${sex}|||${address}||(090)0123456^PRN^PH|||M`;
}

function visit(index: number): string {
  const fields = Array<string>(45).fill('');
  fields[0] = '1';
  fields[1] = 'I';
  fields[2] = 'CARD^101^1';
  fields[6] = '01004567^Hartman^K.^^^^^^VEKTIS';
  fields[9] = '0320';
  fields[18] = `OPN${1000 + index}^^^NOORD^VN`;
  fields[43] = `202611${String((index % 20) + 1).padStart(2, '0')}1030`;
  return `PV1|${fields.join('|').replace(/\|+$/, '')}`;
}

function admission(person: DemoPerson, index: number): string {
  const problem = person.diabetic
    ? '44054006^Diabetes mellitus type 2^SCT'
    : '22298006^Myocardial infarction^SCT';
  return segments(
    header('ADT^A01', 'ADT_A01', `NOORD-A01-${index}`),
    `EVN|A01|20261120103000+0100`,
    identification(person),
    visit(index),
    ...(person.penicillinAllergy
      ? ['AL1|1|DA^Drug allergy^HL70127|373270004^Penicillin^SCT|SV^Severe^HL70128|Huiduitslag|20150612']
      : []),
    `DG1|1||${problem}||20190301|W`,
  );
}

/** A08 with another house on the street: the last one sent is the truth. */
function addressCorrection(person: DemoPerson, index: number): string {
  return segments(
    header('ADT^A08', 'ADT_A01', `NOORD-A08-${index}`),
    'EVN|A08|20261121090000+0100',
    identification(person, person.hospitalNumber, 'Nieuwe Teststraat'),
    visit(index),
  );
}

function laboratoryResult(person: DemoPerson, index: number, panel: 'HBA1C' | 'CHEM'): string {
  const order = `L${panel}${1000 + index}`;
  const day = `202611${String((index % 20) + 1).padStart(2, '0')}`;
  const observation = (
    set: number,
    code: string,
    value: string,
    unit: string,
    range: string,
    flag: string,
  ): string => `OBX|${set}|NM|${code}||${value}|${unit}|${range}|${flag}|||F|||${day}0815+0100`;
  const observations =
    panel === 'HBA1C'
      ? [
          observation(
            1,
            '59261-8^Hemoglobin A1c/Hemoglobin.total in Blood by IFCC protocol^LN',
            person.diabetic ? '58' : '36',
            'mmol/mol',
            '20 - 42',
            person.diabetic ? 'H' : 'N',
          ),
        ]
      : [
          observation(
            1,
            '14749-6^Glucose [Moles/volume] in Serum or Plasma^LN',
            '5,6',
            'mmol/l',
            '4,0 - 7,8',
            'N',
          ),
          observation(
            2,
            '14682-9^Creatinine [Moles/volume] in Serum or Plasma^LN',
            String(70 + (index % 30)),
            'umol/l',
            '50 - 100',
            'N',
          ),
          observation(
            3,
            '2823-3^Potassium [Moles/volume] in Serum or Plasma^LN',
            '4,1',
            'mmol/l',
            '3,5 - 5,0',
            'N',
          ),
        ];
  const title =
    panel === 'HBA1C'
      ? '59261-8^Hemoglobin A1c/Hemoglobin.total in Blood by IFCC protocol^LN'
      : '24323-8^Comprehensive metabolic 2000 panel - Serum or Plasma^LN';
  return segments(
    header('ORU^R01', 'ORU_R01', `NOORD-${panel}-${index}`),
    identification(person),
    visit(index),
    `OBR|1|${order}^NOORD|${order}^LAB|${title}|||${day}0815+0100|||||||||01004567^Hartman^K.^^^^^^VEKTIS||||||${day}1200+0100||LAB|F`,
    ...observations,
  );
}

/** HbA1c of the years before, so that there is a course. */
function earlierResults(person: DemoPerson, index: number): string[] {
  return [
    ['20250602', '71'],
    ['20251110', '67'],
    ['20260518', '64'],
  ].map(([day = '', value = ''], at) =>
    laboratoryResult(person, index, 'HBA1C')
      .replace(`NOORD-HBA1C-${index}`, `NOORD-HBA1C-${index}-${at}`)
      .replaceAll(`LHBA1C${1000 + index}`, `LHBA1C${1000 + index}-${at}`)
      .replaceAll(/\b202611\d\d(?=(?:0815|1200)\+0100)/g, day)
      .replace(/\|\|(?:58|36)\|/, `||${value}|`),
  );
}

/** MDM^T02 with a letter in lines, as PDF and as CDA. */
function letter(person: DemoPerson, index: number): string {
  const { lines, pdf, cda } = dischargeLetter(person);
  const title = '11490-0^Ontslagbrief^LN';
  const data = (type: string, content: Buffer): string => `^${type}^Base64^${content.toString('base64')}`;
  const observations = [
    ...lines.map((line) => `TX|${title}||${line}`),
    `ED|${title}||${data('application^pdf', pdf)}`,
    `ED|${title}||${data('text^xml', Buffer.from(cda))}`,
  ];
  return segments(
    header('MDM^T02', 'MDM_T02', `NOORD-T02-${index}`),
    'EVN|T02|20261108100000+0100',
    identification(person),
    visit(index),
    'TXA|1|DS^Ontslagbrief^L|TX|20261108095500+0100||20261108100000+0100|||01004567^Hartman^K.^^^^^^VEKTIS|||LETTER1^NOORD|||||LA|U|AV',
    ...observations.map((observation, at) => `OBX|${at + 1}|${observation}||||||F`),
  );
}

/** The same person entered a second time under another hospital number … */
function duplicateRegistration(person: DemoPerson): string {
  return segments(
    header('ADT^A04', 'ADT_A01', 'NOORD-A04-DUPLICATE'),
    'EVN|A04|20261121093000+0100',
    identification(person, '799001').replace(`~${person.bsn}^^^NLMINBIZA^NNNLD`, ''),
    visit(900),
  );
}

/** … and joined with the first (A40). */
function merge(person: DemoPerson): string {
  return segments(
    header('ADT^A40', 'ADT_A39', 'NOORD-A40-MERGE'),
    'EVN|A40|20261121094500+0100',
    identification(person),
    'MRG|799001^^^NOORD^PI',
  );
}

function segments(...lines: string[]): string {
  return `${lines.join('\r')}\r`;
}

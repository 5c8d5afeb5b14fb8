/** Variants of a message, so that nothing is measured that a cache of one message would save. */
const VARIANTS = 500;

const header = (type: string): string => `MSH|^~\\&|EPD|NOORD|SAMENHANG|LDN|20260301120000||${type}|`;

/** Admissions with name, address, insurance, contact person, allergy, diagnosis and two measurements. */
export function admissions(): string[] {
  return variants((number) => [
    `${header('ADT^A01^ADT_A01')}A${number}|P|2.5`,
    'EVN|A01|20260301120000',
    `${person(number)}|||Dorpsstraat ${number}^^Zwolle^^8011AB^NL^H||038-1234567^PRN^PH|||M`,
    'NK1|1|Jansen^Piet^^^^^L|SPO|Dorpsstraat 38^^Zwolle^^8011AB^NL^H|06-87654321^PRN^CP',
    `PV1|1|I|5A^12^2^NOORD||||03012345^van den Berg^K.L.|||||||7|||||V${number}^^^NOORD|||||||||||||||||||||||||20260301113000`,
    'AL1|1|DA|764146007^Penicilline^SCT|SV|anafylaxie|20150501',
    'DG1|1||I21.0^Acuut myocardinfarct^I10||20260301|W',
    `OBX|1|NM|29463-7^Gewicht^LN||${60 + (number % 40)}.5|kg|||||F|||20260301`,
    `OBX|2|NM|8302-2^Lengte^LN||${160 + (number % 30)}|cm|||||F|||20260301`,
  ]);
}

const tests = [
  '2345-7',
  '2160-0',
  '3094-0',
  '2951-2',
  '2823-3',
  '718-7',
  '6690-2',
  '777-3',
  '1988-5',
  '1920-8',
];

/** Results of ten laboratory tests of one order. */
export function laboratoryResults(): string[] {
  return variants((number) => [
    `${header('ORU^R01^ORU_R01')}R${number}|P|2.5`,
    person(number),
    `ORC|RE|P${number}|F${number}`,
    `OBR|1|P${number}|F${number}|24323-8^Chemie^LN|||20260701081500|||||||||||||||20260701101000||CH|F`,
    ...tests.map(
      (code, index) =>
        `OBX|${index + 1}|NM|${code}^Bepaling ${index}^LN||${(number % 90) + index}.${index}0|mmol/L|4.0 - 5.5|H|||F|||20260701081500`,
    ),
  ]);
}

function person(number: number): string {
  return `PID|1||${100_000 + number}^^^NOORD^PI||Jansen^Anna^M^^^^L||19650301|F`;
}

function variants(segments: (number: number) => string[]): string[] {
  return Array.from({ length: VARIANTS }, (_, number) => `${segments(number).join('\r')}\r`);
}

import { msh } from './messages.js';

const person =
  'PID|1||1234567^^^^PI~900186021^^^NLMINBIZA^NNNLD||Jansen - de Vries&de&Vries&&Jansen^Anna^M.E.^^Mw.^^L~^Annie^^^^^D|Vries|19650300|F|||Dorpsstraat 38 a&Dorpsstraat&38^a^Zwolle^^8011AB^NL^H~Postbus 12^^Zwolle^^8000AA^NLD^M~Rue 1^^Paris^^75001^FR^V||038-1234567^PRN^PH~06-12345678^ORN^CP~^NET^Internet^anna@example.nl|038-7654321^WPN^PH|nl|M^^HL70002';
const visit =
  'PV1|1|I|5A^12^2^NOORD||||03012345^van den Berg^K.L.^^^^^^VEKTIS|19012345601^Smit^A^^^^^^BIG|^Naamloos^N||CHI|||7|||012345678^Bos^B^^^^^^UZI||V1^^^NOORD^VN|||||||||||||||||01||||||||202603011130|202603051000';

/** Messages with the conventions of Dutch hospitals and the oddities that their validation must survive. */
export const hospitalMessages: readonly (readonly string[])[] = [
  [
    msh('ADT^A01^ADT_A01'),
    'EVN|A01|20260301120000',
    person,
    'PD1||||01001234^de Boer^P^^^dr.^^^VEKTIS',
    'NK1|1|Jansen^Piet^^^^^L|SPO^Echtgenoot^HL70063|Dorpsstraat 38&Dorpsstraat&38^^Zwolle^^8011AB^NL^H|06-87654321^ORN^CP||C^Contact^HL70131|20200101|||||||M|19600101',
    'NK1|2|^Buur^^^^^L|buurman||038-1|||||||||X',
    visit,
    'PV2|||^Pijn op de borst',
    'AL1|1|DA|764146007^Penicilline^SCT|SV|39579001^anafylaxie^SCT~Huiduitslag|201505',
    'AL1|2|FA|^Pinda|MO|Galbulten',
    'IAM|1|EA|256277009^Graspollen^SCT|MI|jeuk|A|AL-1||AL||20100101||20260101||||C',
    'DG1|1||I21.0^Acuut myocardinfarct^I10||20260301|W',
    'DG1|2||T90.02^Diabetes^ICPC||2015|F|||||||||2',
    'DG1|3|||Onbekende klachten|20260301|A',
    'OBX|1|NM|29463-7^Gewicht^LN||72,5|kg|||||F|||20260301',
    'OBX|2|NM|8302-2^Lengte^LN||1,73|m|||||F|||20260301',
    'OBX|3|NM|8310-5^Temperatuur^LN||38,2|°C|||||F|||20260301',
    'OBX|4|NM|59408-5^Saturatie^LN||97|%|||||F|||20260301',
    'OBX|5|NM|8867-4^Pols^LN||72|slagen/min|||||F|||20260301',
    'OBX|6|NM|9279-1^AF^LN||16|/min|||||F|||20260301',
    'OBX|7|NM|8480-6^RR sys^LN||142|mmHg|||||F|||202603011145',
    'OBX|8|NM|8462-4^RR dia^LN||91|mmHg|||||F|||202603011145',
    'OBX|9|NM|8480-6^RR sys^LN||150|mmHg|||||F|||202603011245',
    'OBX|10|CE|72166-2^Roken^LN||266919005^Nooit^SCT||||||F|||20260301',
    'OBX|11|NM|72514-3^Pijn^LN||4|||||||F|||20260301',
  ],
  [msh('ADT^A03'), 'EVN|A03|20260305100000', person, visit],
  [
    msh('ADT^A05'),
    'EVN|A05|20260305100000',
    'PID|1||7^^^^PI||Bakker||1965|U',
    'PV1|1|P|||||||||||||||||V9^^^^VN',
  ],
  [msh('ADT^A40'), 'EVN|A40|20260305100000', person, 'MRG|7654321^^^^PI~999901370^^^NLMINBIZA^NNNLD'],
  [
    msh('ORU^R01^ORU_R01', '2.5.1'),
    'PID|1||1234567^^^^PI||Jansen||19650301|F',
    'ORC|RE|P1|F1',
    'OBR|1|P1^EPD|F1^LAB|24323-8^Chemie^LN|||202607010815|202607010820||||||||||||||20260701101000||CH|F',
    'NTE|1||Nuchter',
    'OBX|1|NM|2345-7^Glucose^LN||5,6|mmol/l|4,0 - 5,6|H|||F|||||012345678^Bos^B^^^^^^UZI|^enzymatisch',
    'OBX|2|NM|2160-0^Kreatinine^LN||<10|umol/l|50-100|LL|||P',
    'OBX|3|NM|GLUC^Glucose lokaal^L||hemolytisch|mmol/l|||||F',
    'OBX|4|SN|1988-5^CRP^LN||<^5|mg/l|<10|""|||F',
    'OBX|5|CE|882-1^ABO^LN||A^Bloedgroep A^L|||A~XX|||C',
    'OBX|6|NM|718-7^Hb^LN||""|mmol/l|||||X',
    'OBX|7|NM|4548-4^HbA1c^LN||53|furlong/x|||||F|||20260231',
    'OBX|8|SN|5334-8^Titer^LN||^1^:^128|||||||F',
    'OBX|9|NM|6690-2^Leuko^LN||7,2|10^9/l|4-10|N|||F',
    'OBX|10|TM|x^tijd^L||0815||||||F',
    'SPM|1|S1||SER^Serum^HL70487|||||||||||||202607010815^202607010816|202607010900',
  ],
];

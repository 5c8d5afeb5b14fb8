/** What documents say beside what was measured and is the case: planned, handed over, given, advised. */
import {
  administration,
  code,
  concept,
  documentOf,
  id,
  observation,
  product,
  status,
} from './cda-statements.js';

export const organizer = (...members: readonly string[]): string =>
  `<organizer classCode="CLUSTER" moodCode="EVN">${members
    .map((member) => `<component>${member}</component>`)
    .join('')}</organizer>`;
export const within = (type: string, inner: string): string =>
  `<entryRelationship typeCode="${type}">${inner}</entryRelationship>`;
export const vaccine = (atc: string, name: string): string =>
  `<consumable><manufacturedProduct><manufacturedMaterial><code code="${atc}" codeSystem="2.16.840.1.113883.6.73" displayName="${name}"/></manufacturedMaterial></manufacturedProduct></consumable>`;
const nurse =
  '<performer><assignedEntity><id root="2.16.528.1.1007.3.1" extension="012985465"/><assignedPerson><name><family>Winter</family></name></assignedPerson></assignedEntity></performer>';

/** One given, one planned for a day, one called off, one that is not to be given. */
export const vaccinationsInOneEntry = documentOf(
  '11369-6',
  organizer(
    administration(
      'EVN',
      `${id('given')}<effectiveTime value="20231011"/>${vaccine('J07BB02', 'Influenza')}`,
    ),
    administration(
      'INT',
      `${id('planned')}${status('active')}<effectiveTime value="20251011"/>${vaccine('J07BB02', 'Influenza')}<author><time value="20240228"/></author>${within(
        'SUBJ',
        `<act classCode="ACT" moodCode="EVN"><code code="48767-8" codeSystem="2.16.840.1.113883.6.1"/><text>na de vakantie</text></act>`,
      )}`,
    ),
    administration('RQO', `${id('off')}${status('cancelled')}${vaccine('J07BC01', 'Hepatitis B')}`),
    administration('RQO', `${id('never')}${vaccine('J07BF03', 'Polio')}`, ' negationInd="true"'),
  ),
);

const handedOver = (inner: string, mood = 'EVN'): string =>
  `<supply classCode="SPLY" moodCode="${mood}">${inner}${product('67903', 'METFORMINE TABLET 500MG').replaceAll('consumable', 'product')}</supply>`;

/** A dispense by itself and one within what was prescribed, an administration, and a request for a dispense. */
export const medicationActs = documentOf(
  '10160-0',
  handedOver(
    `${id('dispense')}${status('completed')}<effectiveTime value="20240301103000"/><quantity value="30"/>${nurse}`,
  ),
  administration(
    'RQO',
    `${id('order')}${code('33633005')}${status('active')}${product('67903', 'METFORMINE TABLET 500MG')}${within('REFR', handedOver(`${id('filled')}<effectiveTime value="20240302"/>`))}${within('REFR', handedOver(id('refill'), 'RQO'))}`,
  ),
  administration(
    'EVN',
    `${id('administration')}${code('18629005')}${status('completed')}<effectiveTime value="20240301080000"/><routeCode code="9" codeSystem="2.16.840.1.113883.2.4.4.9"/><doseQuantity value="1.50" unit="mg"/>${product('1', 'MORFINE')}${nurse}`,
  ),
  administration(
    'EVN',
    `${id('refused')}${code('18629005')}<effectiveTime value="20240301120000"/>${product('1', 'MORFINE')}`,
    ' negationInd="true"',
  ),
);

/** Nutrition advice by its template of the BgZ 2020. */
export const nutritionAdvice = documentOf(
  '29762-2',
  `<act classCode="ACT" moodCode="PRP">${id('diet')}${code('11816003')}<text>tot de volgende controle</text><effectiveTime value="20240301"/>${within('COMP', observation(`${code('41829006')}<value xsi:type="ST">zoutarm</value>`))}${within('COMP', observation(`${code('229961002')}<value xsi:type="ST">gemalen</value>`))}${within('RSON', observation(`${id('why')}${code('282291009')}${concept('38341003')}`))}</act>`,
);

/** The plan of care: a procedure, a vaccination, a contact, a device, and medication that the plan has no building block for. */
export const plan = documentOf(
  '18776-5',
  `<procedure classCode="PROC" moodCode="INT">${id('operation')}${code('52734007')}</procedure>`,
  administration('INT', `${id('shot')}${vaccine('J07BB02', 'Influenza')}`),
  `<encounter classCode="ENC" moodCode="APT">${id('visit')}<effectiveTime value="20240501090000"/></encounter>`,
  `<supply classCode="SPLY" moodCode="INT">${id('aid')}<participant typeCode="PRD"><participantRole classCode="MANU"><playingDevice>${code('228869008')}</playingDevice></participantRole></participant></supply>`,
  administration('INT', `${id('pill')}${product('67903', 'METFORMINE TABLET 500MG')}`),
);

/** CDA documents of one section, for what single statements say. */
const loinc = 'codeSystem="2.16.840.1.113883.6.1"';
const snomed = 'codeSystem="2.16.840.1.113883.6.96"';

/** A document about one patient with the entries of one section. */
export function documentOf(section: string, ...entries: readonly string[]): string {
  return `<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:hl7nl="urn:hl7-nl:v3">
<id root="2.16.840.1.113883.2.4.99.2" extension="d2"/><code code="60591-5" ${loinc}/><effectiveTime value="20240301"/>
<recordTarget><patientRole><id root="2.16.840.1.113883.2.4.99.3" extension="4711"/></patientRole></recordTarget>
<component><structuredBody><component><section><code code="${section}" ${loinc}/>
${entries.map((entry) => `<entry>${entry}</entry>`).join('')}
</section></component></structuredBody></component></ClinicalDocument>`;
}

export const product = (code: string, name: string): string =>
  `<consumable><manufacturedProduct><manufacturedMaterial><code code="${code}" codeSystem="2.16.840.1.113883.2.4.4.10" displayName="${name}"/></manufacturedMaterial></manufacturedProduct></consumable>`;

export const administration = (mood: string, inner: string, rest = ''): string =>
  `<substanceAdministration classCode="SBADM" moodCode="${mood}"${rest}>${inner}</substanceAdministration>`;

export const observation = (inner: string, rest = ''): string =>
  `<observation classCode="OBS" moodCode="EVN"${rest}>${inner}</observation>`;

export const code = (value: string, system = snomed): string => `<code code="${value}" ${system}/>`;
export const concept = (value: string): string => `<value xsi:type="CD" code="${value}" ${snomed}/>`;
export const status = (value: string): string => `<statusCode code="${value}"/>`;
export const id = (extension: string): string =>
  `<id root="2.16.840.1.113883.2.4.99.1" extension="${extension}"/>`;
export const negated = ' negationInd="true"';

const ivl = '<effectiveTime xsi:type="IVL_TS"><low value="20240301"/>';
const step = (sequence: number, inner: string): string =>
  `<entryRelationship typeCode="COMP"><sequenceNumber value="${sequence}"/>${administration('RQO', inner)}</entryRelationship>`;
const daily = (time: string): string =>
  `<effectiveTime xsi:type="PIVL_TS" operator="A"><phase><low value="20240301${time}"/></phase><period value="1" unit="d"/></effectiveTime>`;

/** Medication in the three building blocks of MP9, with each way in which a document says how much and when. */
export const medicationDocument = documentOf(
  '10160-0',
  administration(
    'RQO',
    `${id('ma')}${code('33633005')}<text>Eerst 1, dan 2 tabletten</text>${status('active')}${ivl}<width value="10" unit="d"/></effectiveTime>${product('67903', 'METFORMINE TABLET 500MG')}<author><time value="20240229101500"/></author>${step(
      1,
      `<effectiveTime xsi:type="hl7nl:PIVL_TS" operator="A"><hl7nl:frequency><hl7nl:numerator xsi:type="hl7nl:INT" value="2"/><hl7nl:denominator value="1" unit="d"/></hl7nl:frequency></effectiveTime><doseQuantity value="1"/>`,
    )}${step(2, `${daily('0800')}${daily('2000')}<doseQuantity><low value="1.50"/><high value="2"/></doseQuantity>`)}`,
  ),
  administration(
    'PRP',
    `${id('ta')}${code('422037009')}${status('active')}${ivl}<high value="20240401"/></effectiveTime>${product('67903', 'METFORMINE TABLET 500MG')}<author><time value="20240301"/></author><routeCode code="9" codeSystem="2.16.840.1.113883.2.4.4.9"/><effectiveTime xsi:type="PIVL_TS"><period value="8" unit="h"/></effectiveTime><doseQuantity value="1"/><precondition><criterion><text>bij pijn</text></criterion></precondition><maxDoseQuantity><numerator value="3"/><denominator value="1" unit="d"/></maxDoseQuantity>`,
  ),
  administration(
    'EVN',
    `${id('mgb')}${code('422979000')}${status('active')}${ivl}</effectiveTime>${product('1', 'IBUPROFEN')}<effectiveTime xsi:type="EIVL_TS"><event code="HS"/></effectiveTime><entryRelationship typeCode="RSON">${observation(concept('22253000'))}</entryRelationship>`,
  ),
  administration('EVN', `${id('not')}${status('active')}${product('2', 'DIGOXINE')}`, negated),
  administration('RQO', `${id('never')}${status('active')}${product('3', 'PENICILLINE')}`, negated),
  administration('RQO', `${id('off')}${status('cancelled')}${product('4', 'ASPIRINE')}`),
  administration('EVN', `${id('wrong')}${status('nullified')}${product('5', 'WARFARINE')}`),
);

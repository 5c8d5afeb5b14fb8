/** A BgZ document in CDA, with an entry in each section that the mapping knows. */
const snomed = 'codeSystem="2.16.840.1.113883.6.96"';
const loinc = 'codeSystem="2.16.840.1.113883.6.1"';
const ids = { next: 0 };
const id = (): string => `<id root="2.16.840.1.113883.2.4.99.1" extension="e${++ids.next}"/>`;
const part = (type: string, inner: string): string =>
  `<entryRelationship typeCode="${type}">${inner}</entryRelationship>`;
const observation = (inner: string, rest = ''): string =>
  `<observation classCode="OBS" moodCode="EVN"${rest}>${inner}</observation>`;
const coded = (code: string, system = snomed): string => `<value xsi:type="CD" code="${code}" ${system}/>`;
const section = (code: string, title: string, text: string, ...entries: string[]): string =>
  `<component><section><code code="${code}" ${loinc}/><title>${title}</title><text>${text}</text>${entries
    .map((entry) => `<entry>${entry}</entry>`)
    .join('')}</section></component>`;
const product = (code: string, system: string, name: string): string =>
  `<consumable><manufacturedProduct><manufacturedMaterial><code code="${code}" codeSystem="${system}" displayName="${name}"/></manufacturedMaterial></manufacturedProduct></consumable>`;
const doctor = `<performer><assignedEntity><id root="2.16.528.1.1007.3.1" extension="012985465"/><code code="0303" codeSystem="2.16.840.1.113883.2.4.6.7"/><assignedPerson><name><given>Maria</given><prefix qualifier="VV">de </prefix><family>Winter</family></name></assignedPerson></assignedEntity></performer>`;

const sections = [
  section(
    '11450-4',
    'Klachten',
    '<list><item ID="p1">Astma &amp; hooikoorts</item></list>',
    observation(
      `${id()}<code code="282291009" ${snomed}/><effectiveTime><low value="20171101"/></effectiveTime>` +
        `<value xsi:type="CD" code="195967001" ${snomed}><originalText><reference value="#p1"/></originalText></value>` +
        part('REFR', observation(`<code code="33999-4" ${loinc}/>${coded('55561003')}`)) +
        part(
          'SUBJ',
          `<act classCode="ACT" moodCode="EVN"><code code="48767-8" ${loinc}/><text>sinds jeugd</text></act>`,
        ),
    ),
  ),
  section(
    '48765-2',
    'Allergie',
    'Penicilline',
    `<act classCode="ACT" moodCode="EVN">${id()}<statusCode code="active"/>${part(
      'SUBJ',
      observation(
        `${id()}<code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/>${coded('416098002')}` +
          `<participant typeCode="CSM"><participantRole><playingEntity><code code="373270004" ${snomed} displayName="Penicillin"/></playingEntity></participantRole></participant>` +
          part('MFST', observation(coded('247472004'))),
      ),
    )}</act>`,
    observation(`${id()}${coded('419199007')}`, ' negationInd="true"'),
  ),
  section(
    '10160-0',
    'Medicatie',
    'Metformine',
    `<substanceAdministration classCode="SBADM" moodCode="EVN">${id()}<statusCode code="active"/><effectiveTime xsi:type="IVL_TS"><low value="20200101"/></effectiveTime>${product('67903', '2.16.840.1.113883.2.4.4.10', 'METFORMINE TABLET 500MG')}</substanceAdministration>`,
  ),
  section(
    '11369-6',
    'Vaccinaties',
    'Griep',
    `<substanceAdministration classCode="SBADM" moodCode="EVN">${id()}<effectiveTime value="20201011"/>${product('J07BB02', '2.16.840.1.113883.6.73', 'Influenza')}</substanceAdministration>`,
  ),
  section(
    '8716-3',
    'Vitale functies',
    'Bloeddruk',
    `<organizer classCode="CLUSTER" moodCode="EVN">${[
      ['8480-6', '120', 'mm[Hg]'],
      ['8462-4', '80', 'mm[Hg]'],
      ['29463-7', '75.0', 'kg'],
    ]
      .map(
        ([code = '', value = '', unit = '']) =>
          `<component>${observation(`${id()}<code code="${code}" ${loinc}/><effectiveTime value="20171020022303"/><value xsi:type="PQ" value="${value}" unit="${unit}"/>`)}</component>`,
      )
      .join('')}</organizer>`,
  ),
  section(
    '30954-2',
    'Uitslagen',
    'Kalium',
    observation(
      `${id()}<code code="2823-3" ${loinc}/><effectiveTime value="201710200223"/><value xsi:type="PQ" value="4.10" unit="mmol/L"/><interpretationCode code="H" codeSystem="2.16.840.1.113883.5.83"/>`,
    ),
  ),
  section(
    '29762-2',
    'Sociaal',
    'Woont boven',
    observation(
      `${id()}<code code="365508006" ${snomed}/><effectiveTime value="20160115"/>${coded('BOVENW', 'codeSystem="2.16.840.1.113883.2.4.3.11.60.40.4.13.1"')}`,
    ),
    observation(
      `${id()}<code code="160573003" ${snomed}/><effectiveTime><low value="2017"/></effectiveTime><value xsi:type="PQ" value="1" unit="L/d"/>${part('REFR', observation(`<code code="228273003" ${snomed}/>${coded('219006')}`))}`,
    ),
  ),
  section(
    '47420-5',
    'Functioneren',
    'Loopt',
    observation(`${id()}<code code="282145008" ${snomed}/>${coded('62013009')}`),
  ),
  section(
    '75310-3',
    'Waarschuwing',
    'MRSA',
    `<act classCode="ACT" moodCode="EVN">${part('SUBJ', observation(`${id()}<code code="75323-6" ${loinc}/>${part('REFR', observation(`<code code="44944-7" ${loinc}/>${coded('432415000')}`))}`))}</act>`,
  ),
  section(
    '42348-3',
    'Behandelaanwijzing',
    'Niet reanimeren',
    observation(
      `${id()}<code code="89666000" ${snomed}/>${part('REFR', observation(`<code code="NEE" codeSystem="2.16.840.1.113883.2.4.3.11.60.40.4"/><effectiveTime><low value="20170307"/></effectiveTime>`))}${part('SUBJ', `<act classCode="ACT" moodCode="EVN">${id()}<code code="NR" codeSystem="2.16.840.1.113883.2.4.3.11.60.40.4.14.1"/><effectiveTime value="20170307"/></act>`)}`,
    ),
  ),
  section(
    '46240-8',
    'Contacten',
    'Polikliniek',
    `<encounter classCode="ENC" moodCode="EVN">${id()}<code code="AMB" codeSystem="2.16.840.1.113883.5.4"/><effectiveTime><low value="20170206164500"/><high value="20170206171307"/></effectiveTime>${doctor}</encounter>`,
  ),
  section(
    '47519-4',
    'Verrichtingen',
    'Heup',
    `<procedure classCode="PROC" moodCode="EVN">${id()}<code code="52734007" ${snomed}/><effectiveTime value="20120301"/><targetSiteCode code="29836001" ${snomed}><qualifier><name code="272741003" ${snomed}/><value code="7771000" ${snomed}/></qualifier></targetSiteCode>${doctor}</procedure>`,
  ),
  section(
    '46264-8',
    'Hulpmiddelen',
    'Bril',
    `<supply classCode="SPLY" moodCode="EVN"><effectiveTime value="20120222"/><participant typeCode="PRD"><participantRole classCode="MANU"><id extension="(01)08712345000004" root="1.3.160"/><playingDevice><code code="424448008" ${snomed}/></playingDevice></participantRole></participant></supply>`,
  ),
  section(
    '18776-5',
    'Plan',
    'Operatie',
    `<procedure classCode="PROC" moodCode="RQO">${id()}<code code="52734007" ${snomed}/></procedure>`,
  ),
  section(
    '48768-6',
    'Betaler',
    'Verzekeraar',
    `<act classCode="ACT" moodCode="EVN">${id()}<performer><assignedEntity><representedOrganization><id root="2.16.840.1.113883.2.4.6.4" extension="3311"/><name>Zorgverzekeraar Noord</name></representedOrganization></assignedEntity></performer></act>`,
  ),
  section('10157-6', 'Familie', '<paragraph>Vader: diabetes</paragraph>', observation(coded('73211009'))),
];

export const bgzDocument = `<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<id root="2.16.840.1.113883.2.4.99.2" extension="d1"/><code code="60591-5" ${loinc}/><title>Basisgegevens</title>
<effectiveTime value="20171101125600"/>
<recordTarget><patientRole><id root="2.16.840.1.113883.2.4.6.3" extension="900186021"/><id root="2.16.840.1.113883.2.4.99.3" extension="4711"/>
<addr use="HP"><streetName>Heereweg</streetName><houseNumber>13</houseNumber><postalCode>1000 AA</postalCode><city>Amsterdam</city></addr>
<telecom use="HP" value="tel:070-2342342"/><patient><name><given qualifier="IN">F.</given><given qualifier="CL">Frank</given><prefix qualifier="VV">van </prefix><family qualifier="BR">Berg</family></name>
<administrativeGenderCode code="M" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="19320924"/></patient></patientRole></recordTarget>
<author><time value="2017"/><assignedAuthor><representedOrganization><id root="2.16.528.1.1007.3.3" extension="00000001"/><name>Ziekenhuis</name></representedOrganization></assignedAuthor></author>
<participant typeCode="IND"><associatedEntity classCode="CAREGIVER"><id root="2.16.528.1.1007.3.1" extension="000012345"/><associatedPerson><name><family>Hansen</family></name></associatedPerson></associatedEntity></participant>
<participant typeCode="IND"><functionCode code="1" codeSystem="2.16.840.1.113883.2.4.3.11.22.472"/><associatedEntity classCode="CON"><associatedPerson><name><given>A.</given><family>Zwaart</family></name></associatedPerson></associatedEntity></participant>
<component><structuredBody>${sections.join('')}</structuredBody></component></ClinicalDocument>`;

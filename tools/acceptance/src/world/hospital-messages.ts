/** A patient as the hospital knows one: number at the hospital, and the citizen service number. */
export interface HospitalPatient {
  readonly bsn: string;
  readonly number: string;
}

export interface TestCode {
  readonly code: string;
  readonly system: string;
  readonly text: string;
}

const END = '\r';

function header(type: string, controlId: string): string {
  return `MSH|^~\\&|ZIS|NOORD|SAMENHANG|NOORD|20261121080000+0100||${type}|${controlId}|P|2.5|||||NLD|UNICODE UTF-8`;
}

function identification({ bsn, number }: HospitalPatient): string {
  return `PID|1||${number}^^^NOORD^PI~${bsn}^^^NLMINBIZA^NNNLD||Proef&&Proef^Test^^^^^L||19500101|F|||Teststraat 1&Teststraat&1^^Testdorp^^9010 AB^NL^H||(090)0123456^PRN^PH|||M`;
}

function visit({ number }: HospitalPatient): string {
  const fields = Array<string>(45).fill('');
  fields[0] = '1';
  fields[1] = 'I';
  fields[2] = 'CARD^101^1';
  fields[18] = `OPN${number}^^^NOORD^VN`;
  fields[43] = '202611201030';
  return `PV1|${fields.join('|').replace(/\|+$/, '')}`;
}

/** An admission with a problem (ADT A01), or another event of admission about the same patient. */
export function admission(patient: HospitalPatient, controlId: string, event = 'A01'): string {
  const lines = [
    header(`ADT^${event}^ADT_${event === 'A01' ? 'A01' : 'A21'}`, controlId),
    `EVN|${event}|20261120103000+0100`,
    identification(patient),
    visit(patient),
    ...(event === 'A01' ? ['DG1|1||44054006^Diabetes mellitus type 2^SCT||20190301|W'] : []),
  ];
  return `${lines.join(END)}${END}`;
}

/** One laboratory result (ORU R01). */
export function laboratoryResult(patient: HospitalPatient, controlId: string, test: TestCode): string {
  const code = `${test.code}^${test.text}^${test.system}`;
  const order = `L${controlId}`;
  const lines = [
    header('ORU^R01^ORU_R01', controlId),
    identification(patient),
    visit(patient),
    `OBR|1|${order}^NOORD|${order}^LAB|${code}|||202611200815+0100|||||||||01004567^Hartman^K.^^^^^^VEKTIS||||||202611201200+0100||LAB|F`,
    `OBX|1|NM|${code}||5,6|mmol/l|4,0 - 7,8|N|||F|||202611200815+0100`,
  ];
  return `${lines.join(END)}${END}`;
}

/** A CDA document with one problem. */
export function cdaDocument({ bsn, number }: HospitalPatient): string {
  const snomed = 'codeSystem="2.16.840.1.113883.6.96"';
  const loinc = 'codeSystem="2.16.840.1.113883.6.1"';
  return `<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<id root="2.16.840.1.113883.2.4.99.2" extension="doc-${number}"/><code code="60591-5" ${loinc}/><title>Samenvatting</title>
<effectiveTime value="20261120125600"/>
<recordTarget><patientRole><id root="2.16.840.1.113883.2.4.6.3" extension="${bsn}"/><id root="2.16.840.1.113883.2.4.99.3" extension="${number}"/>
<patient><name><given qualifier="IN">T.</given><family qualifier="BR">Proef</family></name>
<administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="19500101"/></patient></patientRole></recordTarget>
<author><time value="20261120"/><assignedAuthor><representedOrganization><id root="2.16.528.1.1007.3.3" extension="22222222"/><name>Ziekenhuis Noord</name></representedOrganization></assignedAuthor></author>
<component><structuredBody><component><section><code code="11450-4" ${loinc}/><title>Klachten</title><text>Astma</text>
<entry><observation classCode="OBS" moodCode="EVN"><id root="2.16.840.1.113883.2.4.99.1" extension="p-${number}"/><code code="282291009" ${snomed}/><effectiveTime><low value="20171101"/></effectiveTime><value xsi:type="CD" code="195967001" ${snomed} displayName="Asthma"/></observation></entry>
</section></component></structuredBody></component></ClinicalDocument>`;
}

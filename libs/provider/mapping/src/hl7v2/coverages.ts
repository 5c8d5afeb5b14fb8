import type { Hl7Repetition, Hl7Segment } from '@samenhang/hl7v2';
import { nictiz } from '../fhir-systems.js';
import type { Reference } from '../fhir-types.js';
import { identifierKey } from '../resource-id.js';
import { readCodedField } from './coded.js';
import { readAddresses, readContactPoints } from './contact-details.js';
import { textOf, UnusablePart, type Hl7Run } from './hl7-run.js';
import { authoritySystem } from './identifiers.js';
import { patientReference, type PatientOfMessage } from './patient-of-message.js';
import { periodFrom } from './periods.js';

const UZOVI = /^\d{4}$/;

/** IN1 as the patient's health insurance. Without an insurer it says nothing. @throws UnusablePart */
export function mapCoverage(in1: Hl7Segment, patient: PatientOfMessage, run: Hl7Run): void {
  const payor = referToInsurer(in1, run);
  if (payor === undefined)
    throw new UnusablePart(
      'coverage-without-insurer',
      'The insurance does not say with whom',
      in1.field(3).path,
    );
  const policy = textOf(in1.field(36));
  const period = periodFrom(run.dateTime(in1.field(12)), run.dateTime(in1.field(13)), in1.field(13), run);
  const type = readCodedField(in1.field(15), run, '0086');
  const relationship = readCodedField(in1.field(17), run, '0063');
  const subscriber = textOf(in1.field(49).component(1));
  const plan = readCodedField(in1.field(2), run, '0072');
  const key = policy ?? plan?.coding?.[0]?.code ?? '';
  run.mapping.put(
    {
      resourceType: 'Coverage',
      id: run.mapping.idOf('Coverage', `coverage:${patient.id}:${payor.reference ?? ''}:${key}`),
      ...(policy === undefined
        ? {}
        : { identifier: [{ system: `${run.mapping.sourceUri}/authority/policy`, value: policy }] }),
      status: 'active',
      ...(type === undefined ? {} : { type }),
      ...(subscriber === undefined ? {} : { subscriberId: subscriber }),
      beneficiary: patientReference(patient),
      ...(relationship === undefined ? {} : { relationship }),
      ...(period === undefined ? {} : { period }),
      payor: [payor],
      ...(plan === undefined ? {} : { class: [planClass(plan)] }),
    },
    { patientId: patient.id, location: in1.path, onlyIfAbsent: run.mentionsOnly },
  );
}

function planClass(plan: { coding?: { code?: string }[]; text?: string }): Record<string, unknown> {
  const value = plan.coding?.[0]?.code ?? plan.text ?? '';
  return {
    type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/coverage-class', code: 'plan' }] },
    value,
    ...(plan.text === undefined || plan.text === value ? {} : { name: plan.text }),
  };
}

function referToInsurer(in1: Hl7Segment, run: Hl7Run): Reference | undefined {
  const company = in1.field(3).repetition(1);
  const number = textOf(company.component(1));
  const name = textOf(in1.field(4).repetition(1));
  if (number === undefined && name === undefined) return undefined;
  const system = insurerSystem(company, number, run);
  const id = run.mapping.idOf(
    'Organization',
    number === undefined ? `insurer:${name ?? ''}` : identifierKey(system, number),
  );
  const address = readAddresses(in1.field(5), run);
  const telecom = readContactPoints(in1.field(7), run, 'work');
  run.mapping.put(
    {
      resourceType: 'Organization',
      id,
      meta: { profile: [`${nictiz}/nl-core-Payer-Organization`] },
      ...(number === undefined ? {} : { identifier: [{ system, value: number }] }),
      ...(name === undefined ? {} : { name }),
      ...(telecom.length === 0 ? {} : { telecom }),
      ...(address.length === 0 ? {} : { address }),
    },
    { patientId: null, location: in1.field(3).path },
  );
  return {
    reference: `Organization/${id}`,
    type: 'Organization',
    ...(name === undefined ? {} : { display: name }),
  };
}

/** Vektis gives both AGB codes (eight digits) and UZOVI numbers (four); CX-5 may name the latter too. */
function insurerSystem(company: Hl7Repetition, number: string | undefined, run: Hl7Run): string {
  const { tables, sourceUri } = run.mapping;
  const uzovi = tables.findAuthority('UZOVI') ?? '';
  const stated = authoritySystem(company.component(4), run, `${sourceUri}/authority/insurer`);
  const saysUzovi = textOf(company.component(5))?.toUpperCase() === 'UZOVI';
  const isVektis = stated === tables.findAuthority('VEKTIS');
  return UZOVI.test(number ?? '') && (saysUzovi || isVektis) ? uzovi : stated;
}

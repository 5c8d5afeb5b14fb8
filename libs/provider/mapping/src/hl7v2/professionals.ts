import { identifierSystems } from '@samenhang/data-model';
import type { Hl7Repetition } from '@samenhang/hl7v2';
import { nameInWords } from '../datatypes/human-names.js';
import type { HumanName, Practitioner, PractitionerRole, Reference } from '../fhir-types.js';
import { identifierKey } from '../resource-id.js';
import { textOf, type Hl7Run } from './hl7-run.js';
import { authoritySystem } from './identifiers.js';
import { buildName } from './names.js';

/**
 * A care professional (XCN). With a number: a PractitionerRole at this organisation and the Practitioner behind it, as
 * the profiles want it. With a name alone nobody can be told apart from a namesake: only the name is shown.
 */
export function referToProfessional(value: Hl7Repetition, run: Hl7Run): Reference | undefined {
  const name = readProfessionalName(value);
  const display = name === undefined ? undefined : nameInWords(name);
  const number = textOf(value.component(1));
  if (number === undefined) return display === undefined ? undefined : { type: 'PractitionerRole', display };
  const system = authoritySystem(value.component(9), run, `${run.mapping.sourceUri}/authority/staff`);
  const key = identifierKey(system, number);
  const before = run.named.get(key);
  if (before !== undefined && (before.hasName || name === undefined)) return before.reference;
  const practitionerId = run.mapping.idOf('Practitioner', key);
  const practitioner: Practitioner & { id: string } = {
    resourceType: 'Practitioner',
    id: practitionerId,
    identifier: [{ system, value: number }],
    ...(name === undefined ? {} : { name: [name] }),
  };
  run.mapping.put(practitioner, { patientId: null, location: value.path });
  const reference = referToRole(practitionerId, key, display, value.path, run);
  run.named.set(key, { reference, hasName: name !== undefined });
  return reference;
}

function referToRole(
  practitionerId: string,
  key: string,
  display: string | undefined,
  path: string,
  run: Hl7Run,
): Reference {
  const named = display === undefined ? {} : { display };
  const id = run.mapping.idOf('PractitionerRole', key);
  const role: PractitionerRole & { id: string } = {
    resourceType: 'PractitionerRole',
    id,
    practitioner: { reference: `Practitioner/${practitionerId}`, type: 'Practitioner', ...named },
    organization: referToOwnOrganization(run),
  };
  run.mapping.put(role, { patientId: null, location: path });
  return { reference: `PractitionerRole/${id}`, type: 'PractitionerRole', ...named };
}

/** The care provider whose source this is. */
export function referToOwnOrganization(run: Hl7Run): Reference {
  const { mapping } = run;
  const before = run.named.get('');
  if (before !== undefined) return before.reference;
  const { tenant } = mapping.message;
  const name = mapping.settings.displayName;
  const id = mapping.idOf('Organization', identifierKey(identifierSystems.ura, tenant));
  mapping.put(
    {
      resourceType: 'Organization',
      id,
      identifier: [{ system: identifierSystems.ura, value: tenant }],
      name,
    },
    { patientId: null, location: 'MSH' },
  );
  const reference = { reference: `Organization/${id}`, type: 'Organization', display: name };
  run.named.set('', { reference, hasName: true });
  return reference;
}

function readProfessionalName(value: Hl7Repetition): HumanName | undefined {
  return buildName(
    {
      family: value.component(2),
      given: [textOf(value.component(3)), textOf(value.component(4))],
      suffix: [textOf(value.component(5)), textOf(value.component(7))],
      prefix: [textOf(value.component(6))],
    },
    'official',
  );
}

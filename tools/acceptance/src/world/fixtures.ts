import type { Bsn } from '@samenhang/patient-identity';
import { identifierSystems } from '@samenhang/data-model';
import type { Provider } from './people.js';

const SNOMED = 'http://snomed.info/sct';

/** A resource as a provider's system hands it over. */
export interface SourceResource {
  readonly resourceType: string;
  readonly id: string;
  readonly [element: string]: unknown;
}

/** Something that a provider's system hands over. */
export interface Delivery {
  readonly provider: Provider;
  readonly toBundle: () => object;
}

/** What one provider knows of one patient, made up as a system of that provider would hand it over. */
export class Dossier implements Delivery {
  readonly #resources: SourceResource[];

  constructor(
    readonly provider: Provider,
    readonly bsn: Bsn,
    private readonly name: string,
  ) {
    this.#resources = [
      {
        resourceType: 'Patient',
        id: this.#id('patient'),
        identifier: [{ system: identifierSystems.bsn, value: bsn }],
        name: [{ use: 'official', family: `Testpersoon ${name.toUpperCase()}`, given: ['T.'] }],
        gender: 'female',
        birthDate: '1950-01-01',
      },
    ];
  }

  condition(code = '44054006', display = 'Diabetes mellitus type 2'): this {
    return this.#add('Condition', `condition-${code}`, 'subject', {
      clinicalStatus: coding('http://terminology.hl7.org/CodeSystem/condition-clinical', 'active'),
      code: { coding: [{ system: SNOMED, code, display }], text: display },
    });
  }

  allergy(options: { value?: string; verification?: string; code?: string; display?: string } = {}): this {
    const { value, verification = 'confirmed', code = '373270004', display = 'Penicillin' } = options;
    return this.#add('AllergyIntolerance', `allergy-${code}`, 'patient', {
      ...(value === undefined ? {} : { identifier: [{ system: 'https://noord.example/allergies', value }] }),
      clinicalStatus: coding('http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', 'active'),
      verificationStatus: coding(
        'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification',
        verification,
      ),
      code: { coding: [{ system: SNOMED, code, display }], text: display },
    });
  }

  laboratory(): this {
    return this.#add('Observation', 'lab', 'subject', {
      status: 'final',
      category: [coding('http://terminology.hl7.org/CodeSystem/observation-category', 'laboratory')],
      code: {
        coding: [{ system: 'http://loinc.org', code: '14749-6', display: 'Glucose' }],
        text: 'Glucose',
      },
      effectiveDateTime: '2026-11-02T08:00:00+01:00',
      valueQuantity: { value: 5.6, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
    });
  }

  medication(): this {
    const medicationCodeableConcept = {
      coding: [{ system: 'http://www.whocc.no/atc', code: 'A10BA02', display: 'metformin' }],
      text: 'metformin',
    };
    return this.#add('MedicationRequest', 'agreement', 'subject', {
      status: 'active',
      intent: 'order',
      medicationCodeableConcept,
      authoredOn: '2026-09-01',
      dosageInstruction: [{ text: '2 maal per dag 1 tablet' }],
    }).#add('MedicationDispense', 'dispense', 'subject', {
      status: 'completed',
      medicationCodeableConcept,
      whenHandedOver: '2026-09-02T14:05:00+02:00',
      quantity: { value: 60, unit: 'tablet' },
      dosageInstruction: [{ text: '2 maal per dag 1 tablet' }],
    });
  }

  /** The whole of it, as a Bundle to push. */
  toBundle(): object {
    const base = `https://${this.provider.source}.example/fhir`;
    return {
      resourceType: 'Bundle',
      type: 'collection',
      entry: this.#resources.map((resource) => ({
        fullUrl: `${base}/${resource.resourceType}/${resource.id}`,
        resource,
      })),
    };
  }

  /** Tells that all of it was deleted at the source. */
  deletion(): Delivery {
    const entry = this.#resources.map(({ resourceType, id }) => ({
      request: { method: 'DELETE', url: `${resourceType}/${id}` },
    }));
    return {
      provider: this.provider,
      toBundle: () => ({ resourceType: 'Bundle', type: 'transaction', entry }),
    };
  }

  #add(resourceType: string, id: string, patientElement: string, content: object): this {
    this.#resources.push({
      resourceType,
      id: this.#id(id),
      [patientElement]: { reference: `Patient/${this.#id('patient')}` },
      ...content,
    });
    return this;
  }

  #id(kind: string): string {
    return `${this.provider.source}-${this.name}-${kind}`;
  }
}

function coding(system: string, code: string): object {
  return { coding: [{ system, code }] };
}

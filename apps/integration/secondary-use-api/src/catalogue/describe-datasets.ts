import { createHash } from 'node:crypto';
import {
  datasetTypes,
  secondaryPurposes,
  type DatasetType,
  type SecondaryPurpose,
} from '@samenhang/secondary-use';
import { Store, type BlankNode } from 'n3';
import {
  describeAuthorities,
  dutch,
  health,
  netherlands,
  notPublic,
  personalData,
  regulation,
  themes,
} from './authorities.js';
import { sizeKey, type DatasetSize, type DatasetSizes } from './dataset-size.js';
import {
  add,
  dcat,
  dcatap,
  dct,
  dpv,
  dqv,
  foaf,
  healthdcatap,
  literal,
  namedNode,
  rdf,
  unnamed,
  vcard,
  xsd,
  type Value,
} from './graph.js';
import { addVariables } from './variables.js';

/** Of the dimensions of data quality of ISO/IEC 25012. */
const completeness = 'http://iso25000.com/index.php/en/iso-25000-standards/iso-25012#completeness';
/** GDPR, Article 9(2)(j): research and statistics, by law. */
const legalBasis = 'https://w3id.org/dpv/legal/eu/gdpr#A9-2-j';
const personalHealth = 'https://w3id.org/dpv/pd#MedicalHealth';
const codeSystems = ['http://snomed.info/sct', 'http://loinc.org', 'http://www.whocc.no/atc'];

export interface Custodian {
  readonly ura: string;
  readonly name: string;
}

export interface CatalogueFacts {
  /** Base URL of this service. */
  readonly base: string;
  /** Who gives permits, and where it can be reached. */
  readonly accessBody: { readonly name: string; readonly contact: string };
  readonly custodians: readonly Custodian[];
  /** How much there is, as far as it may be told. */
  readonly sizes?: DatasetSizes;
}

const titles: Readonly<Record<DatasetType, { readonly en: string; readonly nl: string }>> = {
  Patient: { en: 'Demographics', nl: 'Demografie' },
  Condition: { en: 'Problems and diagnoses', nl: 'Problemen en diagnoses' },
  AllergyIntolerance: { en: 'Allergies and intolerances', nl: 'Allergieën en intoleranties' },
  MedicationRequest: { en: 'Medication agreements', nl: 'Medicatieafspraken' },
  MedicationDispense: { en: 'Dispensed medication', nl: 'Verstrekte medicatie' },
  MedicationStatement: { en: 'Medication use', nl: 'Medicatiegebruik' },
  Observation: { en: 'Measurements and laboratory results', nl: 'Metingen en laboratoriumuitslagen' },
  Encounter: { en: 'Contacts', nl: 'Contacten' },
  Procedure: { en: 'Procedures', nl: 'Verrichtingen' },
  Immunization: { en: 'Vaccinations', nl: 'Vaccinaties' },
};

/**
 * The catalogue in HealthDCAT-AP: a dataset for each custodian and type of resource, whose variables are the elements that a
 * permit can give. Made from the table that permits are checked against, so that the two cannot differ.
 */
export function describeDatasets(facts: CatalogueFacts): Store {
  const store = new Store();
  const catalogue = `${facts.base}/catalogue`;
  const body = `${catalogue}#access-body`;
  const contact = `${catalogue}#contact`;
  describeAuthorities(store);
  add(store, contact, `${rdf}type`, namedNode(`${vcard}Kind`));
  add(store, contact, `${vcard}fn`, literal(facts.accessBody.name));
  add(store, contact, `${vcard}hasEmail`, namedNode(`mailto:${facts.accessBody.contact}`));
  agent(store, body, facts.accessBody.name, contact);
  add(store, catalogue, `${rdf}type`, namedNode(`${dcat}Catalog`));
  add(store, catalogue, `${dct}title`, literal('Health data for secondary use', 'en'));
  add(store, catalogue, `${dct}title`, literal('Gezondheidsgegevens voor secundair gebruik', 'nl'));
  const description = 'What holders of this installation can be asked for';
  add(store, catalogue, `${dct}description`, literal(description, 'en'));
  add(store, catalogue, `${dct}publisher`, namedNode(body));
  add(store, catalogue, `${dct}spatial`, namedNode(netherlands));
  add(store, catalogue, `${dcat}themeTaxonomy`, namedNode(themes));
  add(store, catalogue, `${dcatap}applicableLegislation`, namedNode(regulation));
  for (const custodian of facts.custodians)
    for (const type of datasetTypes) {
      const dataset = `${catalogue}/datasets/${datasetId(custodian.ura, type)}`;
      add(store, catalogue, `${dcat}dataset`, namedNode(dataset));
      describe(store, dataset, { ...facts, custodian, type, catalogue, body, contact });
    }
  return store;
}

/** The same as long as the custodian and the type are. */
export function datasetId(ura: string, type: DatasetType): string {
  return createHash('sha256').update(`${ura} ${type}`).digest('hex').slice(0, 24);
}

function describe(
  store: Store,
  dataset: string,
  facts: CatalogueFacts & {
    custodian: Custodian;
    type: DatasetType;
    catalogue: string;
    body: string;
    contact: string;
  },
): void {
  const { custodian, type, catalogue, body, contact } = facts;
  const publisher = `${catalogue}/custodians/${custodian.ura}`;
  // Researchers go to whoever gives permits, not to the holder.
  agent(store, publisher, custodian.name, contact);
  const standard = `http://hl7.org/fhir/StructureDefinition/${type}`;
  add(store, standard, `${rdf}type`, namedNode(`${dct}Standard`));
  const { en, nl } = titles[type];
  const said: readonly (readonly [predicate: string, value: Value])[] = [
    [`${rdf}type`, namedNode(`${dcat}Dataset`)],
    [`${dct}title`, literal(`${en} of ${custodian.name}`, 'en')],
    [`${dct}title`, literal(`${nl} van ${custodian.name}`, 'nl')],
    [`${dct}description`, literal(`${en}, as FHIR R4 ${type}, without names; on permit`, 'en')],
    [`${dct}identifier`, literal(dataset, namedNode(`${xsd}anyURI`))],
    [`${dct}provenance`, provenance(store)],
    [`${dct}publisher`, namedNode(publisher)],
    [`${dct}conformsTo`, namedNode(standard)],
    [`${dct}accessRights`, namedNode(notPublic)],
    [`${dct}spatial`, namedNode(netherlands)],
    [`${dct}language`, namedNode(dutch)],
    [`${dct}type`, namedNode(personalData)],
    [`${dcat}theme`, namedNode(health)],
    [`${dcat}keyword`, literal(en, 'en')],
    [`${dcat}keyword`, literal(nl, 'nl')],
    [`${dcat}contactPoint`, namedNode(contact)],
    [`${dcatap}applicableLegislation`, namedNode(regulation)],
    [`${healthdcatap}hdab`, namedNode(body)],
    [`${healthdcatap}healthCategory`, namedNode(`${healthdcatap}ElectronicHealthRecords`)],
    ...codeSystems.map((system) => [`${healthdcatap}hasCodingSystem`, namedNode(system)] as const),
    ...secondaryPurposes.map((purpose) => [`${dpv}hasPurpose`, purposeOf(store, purpose)] as const),
    [`${dpv}hasLegalBasis`, namedNode(legalBasis)],
    [`${dpv}hasPersonalData`, namedNode(personalHealth)],
  ];
  for (const [predicate, value] of said) add(store, dataset, predicate, value);
  addDistribution(store, dataset, facts.base);
  addSize(store, dataset, facts.sizes?.get(sizeKey(custodian.ura, type)));
  addVariables(store, dataset, type, en);
}

/** The data itself is at no address: it is had by applying for a permit, in one of these forms. */
function addDistribution(store: Store, dataset: string, base: string): void {
  for (const [name, mediaType] of [
    ['csv', 'text/csv'],
    ['ndjson', 'application/x-ndjson'],
    ['parquet', 'application/vnd.apache.parquet'],
  ] as const) {
    const distribution = `${dataset}#${name}`;
    add(store, dataset, `${dcat}distribution`, namedNode(distribution));
    add(store, distribution, `${rdf}type`, namedNode(`${dcat}Distribution`));
    add(store, distribution, `${dct}title`, literal(`On permit, as ${name}`, 'en'));
    add(store, distribution, `${dcat}accessURL`, namedNode(`${base}/permits`));
    const media = `http://www.iana.org/assignments/media-types/${mediaType}`;
    add(store, media, `${rdf}type`, namedNode(`${dct}MediaType`));
    add(store, distribution, `${dcat}mediaType`, namedNode(media));
    add(store, distribution, `${dcatap}applicableLegislation`, namedNode(regulation));
    add(store, distribution, `${dct}rights`, namedNode(notPublic));
  }
}

function addSize(store: Store, dataset: string, size: DatasetSize | undefined): void {
  if (size === undefined) return;
  const whole = namedNode(`${xsd}nonNegativeInteger`);
  add(store, dataset, `${healthdcatap}numberOfRecords`, literal(String(size.records), whole));
  add(store, dataset, `${healthdcatap}numberOfUniqueIndividuals`, literal(String(size.individuals), whole));
  for (const [element, share] of size.completeness) {
    const measurement = `${dataset}#completeness-${element}`;
    add(store, dataset, `${dqv}hasQualityMeasurement`, namedNode(measurement));
    add(store, measurement, `${rdf}type`, namedNode(`${dqv}QualityMeasurement`));
    add(store, measurement, `${dqv}isMeasurementOf`, namedNode(completeness));
    add(store, measurement, `${dqv}computedOn`, namedNode(`${dataset}#${element}`));
    add(store, measurement, `${dqv}value`, literal(share.toFixed(2), namedNode(`${xsd}decimal`)));
  }
}

function agent(store: Store, subject: string, name: string, contact: string): void {
  add(store, subject, `${rdf}type`, namedNode(`${foaf}Agent`));
  add(store, subject, `${foaf}name`, literal(name));
  add(store, subject, `${dcat}contactPoint`, namedNode(contact));
}

function provenance(store: Store): BlankNode {
  const text = 'From the record of the care provider, in nl-core profiles';
  return unnamed(store, `${dct}ProvenanceStatement`, { [`${dct}description`]: literal(text, 'en') });
}

/** Of Regulation (EU) 2025/327, Article 53(1). */
function purposeOf(store: Store, purpose: SecondaryPurpose): BlankNode {
  const text = purpose.replaceAll('-', ' ');
  return unnamed(store, `${dpv}Purpose`, { [`${dct}description`]: literal(text, 'en') });
}

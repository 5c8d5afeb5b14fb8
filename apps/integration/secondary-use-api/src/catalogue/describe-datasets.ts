import { createHash } from 'node:crypto';
import { datasetTypes, elementsOf, ruleOf, type DatasetType } from '@samenhang/secondary-use';
import { sizeKey, type DatasetSize, type DatasetSizes } from './dataset-size.js';
import { DataFactory, Store, type BlankNode, type Literal, type NamedNode } from 'n3';

const { namedNode, literal, blankNode } = DataFactory;

const rdf = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';
const dcat = 'http://www.w3.org/ns/dcat#';
const dct = 'http://purl.org/dc/terms/';
const dcatap = 'http://data.europa.eu/r5r/';
const healthdcatap = 'http://healthdataportal.eu/ns/health#';
const foaf = 'http://xmlns.com/foaf/0.1/';
const vcard = 'http://www.w3.org/2006/vcard/ns#';
const csvw = 'http://www.w3.org/ns/csvw#';
const dqv = 'http://www.w3.org/ns/dqv#';
const xsd = 'http://www.w3.org/2001/XMLSchema#';

/** Regulation (EU) 2025/327, the European Health Data Space. */
const regulation = 'http://data.europa.eu/eli/reg/2025/327/oj';
const restricted = 'http://publications.europa.eu/resource/authority/access-right/NON_PUBLIC';
const netherlands = 'http://publications.europa.eu/resource/authority/country/NLD';
/** Of the dimensions of data quality of ISO/IEC 25012. */
const completeness = 'http://iso25000.com/index.php/en/iso-25000-standards/iso-25012#completeness';
const health = 'http://publications.europa.eu/resource/authority/data-theme/HEAL';

export const prefixes = { dcat, dct, dcatap, healthdcatap, foaf, vcard, csvw, dqv, xsd };

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
  agent(store, body, facts.accessBody.name);
  add(store, catalogue, `${rdf}type`, namedNode(`${dcat}Catalog`));
  add(store, catalogue, `${dct}title`, literal('Health data for secondary use', 'en'));
  add(store, catalogue, `${dct}title`, literal('Gezondheidsgegevens voor secundair gebruik', 'nl'));
  add(
    store,
    catalogue,
    `${dct}description`,
    literal('What holders of this installation can be asked for', 'en'),
  );
  add(store, catalogue, `${dct}publisher`, namedNode(body));
  for (const custodian of facts.custodians)
    for (const type of datasetTypes) {
      const dataset = `${catalogue}/datasets/${datasetId(custodian.ura, type)}`;
      add(store, catalogue, `${dcat}dataset`, namedNode(dataset));
      describe(store, dataset, { ...facts, custodian, type, catalogue, body });
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
  facts: CatalogueFacts & { custodian: Custodian; type: DatasetType; catalogue: string; body: string },
): void {
  const { custodian, type, catalogue, body, accessBody } = facts;
  const publisher = `${catalogue}/custodians/${custodian.ura}`;
  agent(store, publisher, custodian.name);
  const { en, nl } = titles[type];
  const literals = [
    ['title', literal(`${en} of ${custodian.name}`, 'en')],
    ['title', literal(`${nl} van ${custodian.name}`, 'nl')],
    ['description', literal(`${en}, as FHIR R4 ${type}, without names; on permit`, 'en')],
    ['identifier', literal(dataset, namedNode(`${xsd}anyURI`))],
    ['provenance', statement(store, 'From the record of the care provider, in nl-core profiles')],
  ] as const;
  add(store, dataset, `${rdf}type`, namedNode(`${dcat}Dataset`));
  for (const [name, value] of literals) add(store, dataset, `${dct}${name}`, value);
  add(store, dataset, `${dct}publisher`, namedNode(publisher));
  add(store, dataset, `${dct}conformsTo`, namedNode(`http://hl7.org/fhir/StructureDefinition/${type}`));
  add(store, dataset, `${dct}accessRights`, namedNode(restricted));
  add(store, dataset, `${dct}spatial`, namedNode(netherlands));
  add(store, dataset, `${dcat}theme`, namedNode(health));
  add(store, dataset, `${dcatap}applicableLegislation`, namedNode(regulation));
  add(store, dataset, `${healthdcatap}hdab`, namedNode(body));
  add(store, dataset, `${healthdcatap}healthCategory`, namedNode(`${healthdcatap}ElectronicHealthRecords`));
  for (const system of ['http://snomed.info/sct', 'http://loinc.org', 'http://www.whocc.no/atc'])
    add(store, dataset, `${healthdcatap}hasCodingSystem`, namedNode(system));
  const contact = blankNode();
  add(store, dataset, `${dcat}contactPoint`, contact);
  store.addQuad(contact, namedNode(`${rdf}type`), namedNode(`${vcard}Kind`));
  store.addQuad(contact, namedNode(`${vcard}hasEmail`), namedNode(`mailto:${accessBody.contact}`));
  addDistribution(store, dataset, facts.base);
  addSize(store, dataset, facts.sizes?.get(sizeKey(custodian.ura, type)));
  for (const element of elementsOf(type)) variable(store, dataset, element, ruleOf(type, element) ?? '');
}

function variable(store: Store, dataset: string, element: string, rule: string): void {
  const column = namedNode(`${dataset}#${element}`);
  add(store, dataset, `${csvw}column`, column);
  store.addQuad(column, namedNode(`${rdf}type`), namedNode(`${csvw}Column`));
  store.addQuad(column, namedNode(`${csvw}name`), literal(element));
  store.addQuad(column, namedNode(`${csvw}datatype`), literal(rule));
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
    add(
      store,
      distribution,
      `${dcat}mediaType`,
      namedNode(`http://www.iana.org/assignments/media-types/${mediaType}`),
    );
    add(store, distribution, `${dcatap}applicableLegislation`, namedNode(regulation));
    add(store, distribution, `${dct}rights`, namedNode(restricted));
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

function agent(store: Store, subject: string, name: string): void {
  add(store, subject, `${rdf}type`, namedNode(`${foaf}Agent`));
  add(store, subject, `${foaf}name`, literal(name));
}

function statement(store: Store, text: string) {
  const node = blankNode();
  store.addQuad(node, namedNode(`${rdf}type`), namedNode(`${dct}ProvenanceStatement`));
  store.addQuad(node, namedNode(`${dct}description`), literal(text, 'en'));
  return node;
}

type Value = NamedNode | BlankNode | Literal;

function add(store: Store, subject: string, predicate: string, object: Value): void {
  store.addQuad(namedNode(subject), namedNode(predicate), object);
}

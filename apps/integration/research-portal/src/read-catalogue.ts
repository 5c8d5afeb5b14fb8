import { Failure } from '@samenhang/errors';

const dcat = 'http://www.w3.org/ns/dcat#';
const dct = 'http://purl.org/dc/terms/';
const csvw = 'http://www.w3.org/ns/csvw#';
const foaf = 'http://xmlns.com/foaf/0.1/';
const dqv = 'http://www.w3.org/ns/dqv#';
const healthdcatap = 'http://healthdataportal.eu/ns/health#';
const fhirType = /^http:\/\/hl7\.org\/fhir\/StructureDefinition\/([A-Za-z]+)$/;

/** A dataset that can be applied for, as the pages show it. */
export interface CatalogueDataset {
  readonly id: string;
  /** By language. */
  readonly titles: Readonly<Record<string, string>>;
  readonly custodian: { readonly ura: string; readonly name: string };
  /** Type of FHIR resource. */
  readonly type: string;
  readonly elements: readonly string[];
  /** How much there is, as far as that is told. */
  readonly individuals?: number;
  readonly records?: number;
  /** Of elements the part of the records that has them. */
  readonly completeness: Readonly<Record<string, number>>;
}

export interface Catalogue {
  readonly datasets: readonly CatalogueDataset[];
}

type Node = Readonly<Record<string, unknown>>;

/** The datasets of a HealthDCAT-AP catalogue in expanded JSON-LD. @throws Failure('upstream') when it is none */
export function readCatalogue(jsonLd: unknown): Catalogue {
  if (!Array.isArray(jsonLd)) throw new Failure('upstream', 'The catalogue cannot be read');
  const nodes = new Map(
    (jsonLd as unknown[]).filter(isNode).map((node) => [String(node['@id']), node] as const),
  );
  const datasets = [...nodes.values()]
    .filter((node) => listOf(node['@type']).includes(`${dcat}Dataset`))
    .map((node) => datasetOf(node, nodes));
  return { datasets: datasets.filter(({ type }) => type !== '') };
}

function datasetOf(node: Node, nodes: ReadonlyMap<string, Node>): CatalogueDataset {
  const publisher = idsOf(node[`${dct}publisher`])[0] ?? '';
  const type = idsOf(node[`${dct}conformsTo`]).flatMap((id) => fhirType.exec(id)?.[1] ?? [])[0] ?? '';
  const titles = listOf(node[`${dct}title`]).filter(isNode);
  const [individuals] = numbersOf(node[`${healthdcatap}numberOfUniqueIndividuals`]);
  const [records] = numbersOf(node[`${healthdcatap}numberOfRecords`]);
  const nameOf = (id: string): string[] => textsOf(nodes.get(id)?.[`${csvw}name`]);
  const measured = idsOf(node[`${dqv}hasQualityMeasurement`]).flatMap((id) => {
    const [name] = idsOf(nodes.get(id)?.[`${dqv}computedOn`]).flatMap(nameOf);
    const [share] = numbersOf(nodes.get(id)?.[`${dqv}value`]);
    return name === undefined || share === undefined ? [] : [[name, share] as const];
  });
  return {
    id: String(node['@id']),
    titles: Object.fromEntries(titles.map((title) => [String(title['@language']), String(title['@value'])])),
    custodian: {
      ura: publisher.slice(publisher.lastIndexOf('/') + 1),
      name: textsOf(nodes.get(publisher)?.[`${foaf}name`])[0] ?? publisher,
    },
    type,
    elements: idsOf(node[`${csvw}column`]).flatMap(nameOf),
    ...(individuals === undefined ? {} : { individuals }),
    ...(records === undefined ? {} : { records }),
    completeness: Object.fromEntries(measured),
  };
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function idsOf(value: unknown): string[] {
  return membersOf(value, '@id');
}

function textsOf(value: unknown): string[] {
  return membersOf(value, '@value');
}

function numbersOf(value: unknown): number[] {
  return textsOf(value)
    .map(Number)
    .filter((number) => Number.isFinite(number));
}

function membersOf(value: unknown, name: '@id' | '@value'): string[] {
  return listOf(value)
    .filter(isNode)
    .map((node) => node[name])
    .filter((member): member is string => typeof member === 'string');
}

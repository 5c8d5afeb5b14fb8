import { childrenOf, findElement, type XmlElement } from '@samenhang/xml';
import { codeSystems } from '../fhir-systems.js';
import { concept } from '../datatypes/concepts.js';
import type { CodeableConcept, Draft } from '../fhir-types.js';
import { codeOf, partsOf } from './cda-document.js';
import { conceptOf } from './data-types.js';
import { isNegated, optional, outermost, type Statement } from './statement.js';

const status = '33999-4';
const problemTypes: ReadonlySet<string> = new Set([
  '282291009',
  '418799008',
  '404684003',
  '409586006',
  '248536006',
  '116223007',
]);
/** Codes of observations that say something about a problem or allergy and are none themselves. */
const aspects: ReadonlySet<string> = new Set([status, '82606-5', 'SEV', '46455-2', '11323-3', '48767-8']);

const clinical: Readonly<Record<string, string>> = {
  '55561003': 'active',
  '73425007': 'inactive',
  '413322009': 'resolved',
  active: 'active',
  completed: 'resolved',
  obsolete: 'inactive',
};

const hasCodedValue = (statement: XmlElement): boolean =>
  statement.name === 'observation' &&
  !isNegated(statement) &&
  findElement(statement, 'value')?.attributes['xsi:type']?.startsWith('C') === true &&
  !aspects.has(codeOf(statement) ?? '');

const inError = (system: string): CodeableConcept => concept(system, 'entered-in-error');

export function readProblems(entry: Statement): Draft[] {
  return outermost(entry.element, hasCodedValue).map((element, index) => {
    const problem = entry.within(element, String(index));
    const type = codeOf(element);
    const { period } = problem;
    const state = clinicalStatus(problem, codeSystems.conditionClinical);
    const site = problem.concept('targetSiteCode');
    return {
      ...problem.base('Condition'),
      ...(problem.isNullified ? { verificationStatus: inError(codeSystems.conditionVerification) } : {}),
      ...optional(
        'clinicalStatus',
        period?.end === undefined || state?.coding?.[0]?.code !== 'active' ? state : undefined,
      ),
      ...(problemTypes.has(type ?? '') ? { category: [concept(codeSystems.snomed, type ?? '')] } : {}),
      ...optional('code', problem.concept('value')),
      ...(site === undefined ? {} : { bodySite: [site] }),
      ...optional('onsetDateTime', period?.start),
      ...optional('abatementDateTime', period?.end),
    };
  });
}

const kinds: Readonly<Record<string, string>> = {
  '414285001': 'food',
  '418471000': 'food',
  '416098002': 'medication',
  '419511003': 'medication',
  '59037007': 'medication',
  '426232007': 'environment',
};
const criticalities: Readonly<Record<string, string>> = {
  CRITL: 'low',
  CRITH: 'high',
  CRITU: 'unable-to-assess',
  '255604002': 'low',
  '399166001': 'high',
};
const severities: Readonly<Record<string, string>> = {
  '255604002': 'mild',
  '6736007': 'moderate',
  '24484000': 'severe',
};

export function readAllergies(entry: Statement): Draft[] {
  return outermost(entry.element, hasCodedValue).map((element, index) => {
    const allergy = entry.within(element, String(index));
    const participants = childrenOf(element, 'participant').filter(
      ({ attributes }) => attributes['typeCode'] === 'CSM',
    );
    const agent = findElement(participants[0], 'participantRole', 'playingEntity', 'code');
    const category = kinds[findElement(element, 'value')?.attributes['code'] ?? ''];
    const reactions = readReactions(allergy);
    const critical = criticalities[allergy.valueOfPart('82606-5')?.coding?.[0]?.code ?? ''];
    return {
      ...allergy.base('AllergyIntolerance', 'patient'),
      ...(allergy.isNullified ? { verificationStatus: inError(codeSystems.allergyVerification) } : {}),
      ...optional('clinicalStatus', clinicalStatus(allergy, codeSystems.allergyClinical)),
      ...(category === undefined ? {} : { category: [category] }),
      ...optional('criticality', critical),
      ...optional('code', conceptOf(agent, entry.document.context) ?? allergy.concept('value')),
      ...optional('onsetDateTime', allergy.period?.start),
      ...(reactions.length === 0 ? {} : { reaction: reactions }),
    };
  });
}

function readReactions(allergy: Statement): object[] {
  return childrenOf(allergy.element, 'entryRelationship')
    .filter(({ attributes }) => attributes['typeCode'] === 'MFST')
    .flatMap((link) => childrenOf(link, 'observation'))
    .flatMap((element, index) => {
      const reaction = allergy.within(element, `reaction-${index}`);
      const manifestation = reaction.concept('value');
      const severity = severities[reaction.valueOfPart('SEV')?.coding?.[0]?.code ?? ''];
      return manifestation === undefined
        ? []
        : [{ manifestation: [manifestation], ...optional('severity', severity) }];
    });
}

/** By the status that the document gives with the statement; the status of a concern around it says less, and nothing here. */
function clinicalStatus(statement: Statement, system: string): CodeableConcept | undefined {
  const stated = partsOf(statement.element).find((part) => codeOf(part) === status);
  const code = findElement(stated, 'value')?.attributes['code'];
  const known = code === undefined ? undefined : clinical[code];
  return known === undefined ? undefined : concept(system, known);
}

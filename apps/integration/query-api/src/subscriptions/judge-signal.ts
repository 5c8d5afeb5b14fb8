import type { ConsentRegister } from '@samenhang/consent';
import { dataCategorySystem, type DataCategory, type FhirResource } from '@samenhang/data-model';
import { matchesPatient, type PatientBinding, type VerifiedIdentity } from '@samenhang/identity';
import type { HolderEndpoint } from '@samenhang/localisation';
import { toPatientIdentifier } from '@samenhang/patient-identity';
import { decideView, visibleCategories, type ViewDecisions } from '../patient-view/view-decision.js';
import { restrictionOf } from '../scopes/smart-scopes.js';
import { toIdentity } from './subscriber.js';
import type { Focus, Signal, SignalledFact, Subscription } from './subscription.js';

/** What becomes of a signal: told, left out, tried again when a service answers, or the end of the subscription. */
export type Verdict =
  | { readonly outcome: 'tell'; readonly focuses: readonly Focus[] }
  | { readonly outcome: 'leave-out' | 'later' | 'not-allowed' };

export interface JudgeParts {
  readonly decisions: ViewDecisions;
  readonly binding: () => PatientBinding;
  readonly consent: ConsentRegister;
  readonly endpointOf: (custodian: Signal['custodian']) => Promise<HolderEndpoint | undefined>;
}

/**
 * Whether a subscriber may know of a change, asked anew for each: the policy by the role it subscribed with, its scopes,
 * and the patient's consent between this custodian and this subscriber. What cannot be found out is not told.
 */
export class SignalJudge {
  constructor(private readonly parts: JudgeParts) {}

  async judge(signal: Signal, subscription: Subscription): Promise<Verdict> {
    const identity = toIdentity(subscription.subscriber);
    if (!this.isAllowed(identity, subscription)) return { outcome: 'not-allowed' };
    const facts = signal.facts.filter(wantedBy(subscription, this.seenBy(identity)));
    if (facts.length === 0) return { outcome: 'leave-out' };
    const endpoint = await this.parts.endpointOf(signal.custodian).catch(() => 'later' as const);
    if (endpoint === 'later') return { outcome: 'later' };
    // Nobody can ask there: there is nothing to come for.
    if (endpoint === undefined) return { outcome: 'leave-out' };
    const permitted = await this.#permitted(signal, subscription, endpoint, facts);
    if (permitted === 'later') return { outcome: 'later' };
    const focuses = facts
      .filter(({ category }) => permitted.has(category))
      .map((fact) => focusOf(fact, endpoint.address));
    return focuses.length === 0 ? { outcome: 'leave-out' } : { outcome: 'tell', focuses };
  }

  isAllowed(identity: VerifiedIdentity, { bsn }: Pick<Subscription, 'bsn'>): boolean {
    const { decisions, binding } = this.parts;
    const matches = matchesPatient(identity.patientBinding, toPatientIdentifier(bsn), binding);
    return decideView(decisions, identity, matches).allow;
  }

  /** Categories that role and scopes let this subscriber see. */
  seenBy(identity: VerifiedIdentity): ReadonlySet<DataCategory> {
    const restriction = restrictionOf(identity.scopes);
    const categories = [...visibleCategories(this.parts.decisions, identity)];
    if (restriction === undefined) return new Set(categories);
    return new Set(
      categories.filter((category) => skeletonsOf(category).some((one) => restriction.permits(one))),
    );
  }

  async #permitted(
    { custodian }: Signal,
    { bsn, subscriber }: Subscription,
    { facilityType }: HolderEndpoint,
    facts: readonly SignalledFact[],
  ): Promise<ReadonlySet<DataCategory> | 'later'> {
    const { organisation, professional, delegate, purposeOfUse } = subscriber;
    const isKnown = organisation?.facilityType !== undefined && facilityType !== undefined;
    if (!isKnown || professional === undefined || purposeOfUse === undefined) return new Set();
    const question = {
      patient: bsn,
      holder: { ura: custodian, facilityType },
      requester: { ura: organisation.ura, facilityType: organisation.facilityType },
      professional,
      ...(delegate === undefined ? {} : { delegate }),
      purposeOfUse,
    };
    const permitted = new Set<DataCategory>();
    for (const category of new Set(facts.map((fact) => fact.category))) {
      const { permit, reason } = await this.parts.consent.ask({ ...question, category });
      if (reason === 'unreachable' || reason === 'malformed') return 'later';
      if (permit) permitted.add(category);
    }
    return permitted;
  }
}

function wantedBy(
  { categories }: Pick<Subscription, 'categories'>,
  seen: ReadonlySet<DataCategory>,
): (fact: SignalledFact) => boolean {
  return ({ category }) => categories.includes(category) && seen.has(category);
}

const observationCategories: Partial<Record<DataCategory, string>> = {
  ObservationLaboratory: 'laboratory',
  ObservationVitalSigns: 'vital-signs',
};

/**
 * As much of a resource as its category says. A scope that asks for more than that cannot be judged without the resource
 * itself, and so covers nothing here.
 */
function skeletonsOf(category: DataCategory): FhirResource[] {
  const code = observationCategories[category];
  if (code === undefined) {
    const resourceType = category === 'MedicationUse' ? 'MedicationStatement' : category;
    return [{ resourceType, id: 'any' }];
  }
  const system = 'http://terminology.hl7.org/CodeSystem/observation-category';
  return [{ resourceType: 'Observation', id: 'any', category: [{ coding: [{ system, code }] }] }];
}

/** Where a view shows the fact; of what only the category is known, the category. */
function focusOf({ resourceType, id, category }: SignalledFact, address: string): Focus {
  if (id !== undefined) return { reference: `${address}/${resourceType}/${id}` };
  return { type: resourceType, identifier: { system: dataCategorySystem, value: category } };
}

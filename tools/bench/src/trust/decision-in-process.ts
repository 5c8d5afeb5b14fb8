import { loadPolicies } from '@samenhang/authorisation';
import { combineChoices, type ConsentChoice } from '@samenhang/consent';
import { getUra } from '@samenhang/data-model';
import {
  AccessTokenVerifier,
  ProofKey,
  toAuthorisationSubject,
  type PresentedToken,
} from '@samenhang/identity';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { BenchmarkOptions, BenchmarkResult } from '../benchmarks.js';
import { percentile, rounded } from '../statistics.js';

const issuer = 'https://authorisation.example';
const audience = 'https://record.example/tenants/22222222/fhir';
const url = `${audience}/Condition`;
const WARM_UP = 500;
const MAXIMUM_DECISIONS = 20_000;
const BATCH = 2_000;

const holder = { ura: getUra('22222222'), facilityType: 'V4' };
const requester = { ura: getUra('11111111'), facilityType: 'Z3' };
const treatment = { purposeOfUse: 'TREAT' } as const;
/** A citizen with choices of each kind: all of them must be weighed. */
const choices: readonly ConsentChoice[] = [
  { ...treatment, decision: 'permit', holder, requester: 'anyone', categories: 'all' },
  { ...treatment, decision: 'deny', holder, requester: { facilityType: 'G5' }, categories: 'all' },
  { ...treatment, decision: 'permit', holder, requester, categories: ['Condition'] },
  { ...treatment, decision: 'deny', holder, requester: 'anyone', categories: ['Encounter'] },
];

/**
 * A whole decision as a holder makes it: token with cached keys, a fresh proof each time, policy, and the patient's
 * choices. CPU is that of this thread, which does nothing else meanwhile.
 */
export async function measureDecisionInProcess({ seconds }: BenchmarkOptions): Promise<BenchmarkResult[]> {
  const decide = await createDecision();
  const { accessToken, prove } = await createToken(decide.keys);
  const latencies: number[] = [];
  let cpuMicroseconds = 0;
  let elapsedMs = 0;
  const rounds = Math.min(MAXIMUM_DECISIONS, Math.max(BATCH, seconds * 1_000));
  for (let done = -WARM_UP; done < rounds;) {
    const size = done < 0 ? WARM_UP : Math.min(BATCH, rounds - done);
    const proofs = await Promise.all(Array.from({ length: size }, prove));
    const cpuBefore = process.cpuUsage();
    const startedAt = performance.now();
    for (const proof of proofs) {
      const from = performance.now();
      await decide.once({ authorization: `DPoP ${accessToken}`, proof, method: 'GET', url, audience });
      if (done >= 0) latencies.push(performance.now() - from);
    }
    if (done >= 0) {
      elapsedMs += performance.now() - startedAt;
      const { user, system } = process.cpuUsage(cpuBefore);
      cpuMicroseconds += user + system;
    }
    done += size;
  }
  return [
    {
      name: 'decision-in-process',
      decisions: latencies.length,
      perSecond: rounded(latencies.length / (elapsedMs / 1_000), 0),
      p50Ms: rounded(percentile(latencies, 0.5), 3),
      p99Ms: rounded(percentile(latencies, 0.99), 3),
      cpuMs: { app: rounded(cpuMicroseconds / latencies.length / 1_000, 3) },
    },
  ];
}

async function createDecision() {
  const pair = await generateKeyPair('ES256');
  const policies = await loadPolicies();
  const verifier = new AccessTokenVerifier({ issuer, keys: () => Promise.resolve(pair.publicKey) });
  const once = async (presented: PresentedToken): Promise<void> => {
    const identity = await verifier.verify(presented);
    const { allow } = policies.decide({
      policy: 'holder',
      subject: toAuthorisationSubject(identity),
      request: { interaction: 'search-type' },
      context: {
        data_holder_organization_id: holder.ura,
        data_holder_facility_type: holder.facilityType,
        data_category: 'Condition',
      },
    });
    const { professional } = identity;
    if (!allow || professional === undefined) throw new Error('The policy refused');
    const question = { ...treatment, holder, requester, professional, category: 'Condition' } as const;
    if (!combineChoices(choices, question, new Date()).permit) throw new Error('Consent refused');
  };
  return { once, keys: pair };
}

async function createToken({ privateKey }: Awaited<ReturnType<typeof generateKeyPair>>) {
  const proofKey = await ProofKey.generate();
  const jkt = await calculateJwkThumbprint(await exportJWK(proofKey.pair.publicKey));
  const accessToken = await new SignJWT({
    client_id: 'query-api',
    scope: 'holder:read',
    organization_ura: requester.ura,
    organization_facility_type: requester.facilityType,
    user_id: '000095254',
    user_role: '01.015',
    purpose_of_use: 'TREAT',
    treatment_relation: 'asserted',
    cnf: { jkt },
  })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' })
    .setIssuer(issuer)
    .setSubject('query-api')
    .setAudience(audience)
    .setJti('bench')
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(privateKey);
  return { accessToken, prove: () => proofKey.prove('GET', url, accessToken) };
}

import { getUra, type Ura } from '@samenhang/data-model';
import { ProofKey, type AccessTokens, type VerifiedIdentity } from '@samenhang/identity';
import { getBsn } from '@samenhang/patient-identity';
import { QueryApiConfiguration } from '../src/configuration.js';
import { SourceFanOut } from '../src/sources/source-fan-out.js';
import type { SourceReport } from '../src/sources/source-report.js';
import { bsnA, type StandInHolder } from './stand-in-holder.js';

export const identity: VerifiedIdentity = {
  clientId: 'client-demo',
  scopes: new Set(['view:read']),
  organisation: { ura: getUra('11111111'), facilityType: 'Z3' },
  professional: { id: '000095254', roleCode: '01.015' },
  purposeOfUse: 'TREAT',
  treatmentRelation: 'asserted',
  tokenId: 'token-1',
  accessToken: 'subject-token',
};

/** Tokens that name their audience, so that a test can see who got which. */
export async function issuedTokens(): Promise<Pick<AccessTokens, 'exchange'>> {
  const proofKey = await ProofKey.generate();
  return {
    exchange: async ({ audience, scope }) => ({
      accessToken: `${scope} at ${audience}`,
      expiresAt: new Date(Date.now() + 60_000),
      proofKey,
    }),
  };
}

export const urasOf = (count: number): Ura[] =>
  Array.from({ length: count }, (_, index) => getUra(String(10_000_000 + index)));

type Holders = readonly (StandInHolder | undefined | { base: string })[];

/** Asks these holders, as often as it is called. */
export async function fanOutTo(
  holders: Holders,
  settings: Partial<QueryApiConfiguration> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<() => Promise<SourceReport[]>> {
  const uras = urasOf(holders.length);
  const endpoints = new Map(uras.map((ura, index) => [ura, holders[index]?.base]));
  const fanOut = new SourceFanOut(
    await issuedTokens(),
    async (custodian) => {
      const address = endpoints.get(custodian);
      return address === undefined ? undefined : { address };
    },
    Object.assign(new QueryApiConfiguration(), settings),
  );
  const categories = ['Patient', 'AllergyIntolerance', 'ObservationLaboratory'] as const;
  return () =>
    fanOut.ask({
      bsn: getBsn(bsnA),
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      identity,
      sources: uras.map((custodian) => ({ custodian, categories })),
      signal,
    });
}

export async function ask(
  holders: Holders,
  settings?: Partial<QueryApiConfiguration>,
  signal?: AbortSignal,
): Promise<SourceReport[]> {
  return (await fanOutTo(holders, settings, signal))();
}

import { SamenhangFailure, type CitizenClient, type Custodian, type DataUse } from '@samenhang/client';
import type { PortalRoutes } from '@samenhang/portal-server';
import { readChoice, readPeriod } from './questions.js';
import { shownRecord } from './shown-record.js';

type Parameters = Readonly<Record<string, string>>;

/** What the pages ask. Nothing in it names a person: the session says who it is. */
export function addRoutes(routes: PortalRoutes<CitizenClient>, careProviders: readonly Custodian[]): void {
  const custodianOf = ({ ura }: Parameters): Custodian => {
    const found = careProviders.find((one) => one.ura === ura);
    if (found === undefined) throw new SamenhangFailure('not-found', 'This care provider takes no part');
    return found;
  };
  routes.open('GET', '/care-providers', () => careProviders.map(({ ura, name }) => ({ ura, name })));

  routes.guarded('GET', '/view', async ({ session }) => shownRecord(await session.view()));

  routes.guarded('GET', '/view/bundle', async ({ session, reply }) =>
    reply.headers(asFile('gegevens')).send(await session.export()),
  );

  routes.guarded('GET', '/view/summary', async ({ session, reply }) =>
    reply.headers(asFile('samenvatting')).send(await session.summary()),
  );

  routes.guarded('GET', '/records/:ura/bundle', async ({ session, parameters, reply }) => {
    const { bundle } = await session.ownRecord(custodianOf(parameters));
    return reply.headers(asFile(`gegevens-${custodianOf(parameters).ura}`)).send(bundle);
  });

  routes.guarded('GET', '/records/:ura/summary', async ({ session, parameters, reply }) => {
    const summary = await session.ownSummary(custodianOf(parameters));
    if (summary === undefined)
      throw new SamenhangFailure('not-found', 'This care provider has no data of yours');
    return reply.headers(asFile(`samenvatting-${custodianOf(parameters).ura}`)).send(summary);
  });

  routes.guarded('GET', '/access-log/:ura', async ({ session, parameters, query }) => {
    const { ura } = custodianOf(parameters);
    const { cursor } = query;
    const period = { ...readPeriod(query), ...(cursor === undefined ? {} : { cursor }) };
    const { value: page } = await session.accessLog(ura, period).next();
    return page ?? { custodian: ura, intact: true, entries: [] };
  });

  addChoiceRoutes(routes);
}

function addChoiceRoutes(routes: PortalRoutes<CitizenClient>): void {
  routes.guarded('GET', '/choices', ({ session }) => session.choices());
  routes.guarded('PUT', '/choices', ({ session, body }) => session.choose(readChoice(body)));
  routes.guarded('DELETE', '/choices/:id', ({ session, parameters }) =>
    session.takeBack(parameters['id'] ?? ''),
  );
  routes.guarded('PUT', '/opt-outs/:use', ({ session, parameters }) => session.optOut(readUse(parameters)));
  routes.guarded('DELETE', '/opt-outs/:use', ({ session, parameters }) =>
    session.takeBackOptOut(readUse(parameters)),
  );
}

function readUse({ use }: Parameters): DataUse {
  if (use === 'primary' || use === 'secondary') return use;
  throw new SamenhangFailure('not-found', 'There is no such opt-out');
}

function asFile(name: string): Record<string, string> {
  return {
    'content-type': 'application/fhir+json; charset=utf-8',
    'content-disposition': `attachment; filename="${name}.json"`,
  };
}

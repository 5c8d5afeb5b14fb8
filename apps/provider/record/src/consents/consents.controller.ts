import {
  Body,
  Controller,
  Get,
  Header,
  Headers,
  HttpCode,
  Inject,
  Param,
  Post,
  Put,
  Res,
} from '@nestjs/common';
import { recordAccess, type AccessActivity } from '@samenhang/audit';
import { identifierSystems, type Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import { fhirJson, versionHeaders } from '@samenhang/fhir-http';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { findBsn, toPatientIdentifier, type Bsn } from '@samenhang/patient-identity';
import { EVENT_LOG, ServiceEnvironment } from '@samenhang/service-kit';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { Tenants } from '../holder-api/tenants.js';
import { inTenant } from '../storage/tenant-fence.js';
import { ConsentStore, toFhirConsent, type StoredConsent } from './consent-store.js';
import { readConsent } from './read-consent.js';

type Path = Readonly<Record<'ura' | 'id' | 'version', string | undefined>>;

interface Act {
  readonly activity: AccessActivity;
  readonly query: string;
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
const WHOLE = /^[1-9]\d{0,8}$/;
const MISSING = 'There is no such consent';

/**
 * Consents that a holder keeps itself (FHIR R4 Consent, in the manner of IHE PCF), beside those of the national register.
 * For its own administration only; a consent ends by becoming inactive, and no version of it is lost.
 */
@Controller('tenants/:ura/consents')
@RequireScopes('record:admin')
export class ConsentsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly consents: ConsentStore,
    private readonly tenants: Tenants,
    private readonly environment: ServiceEnvironment,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
  ) {}

  @Post()
  @HttpCode(201)
  @Header('content-type', fhirJson)
  async create(
    @Param() path: Path,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const tenant = this.#own(path, identity);
    const stated = readConsent(body, tenant);
    const act = { activity: 'consent-change', query: 'POST consents' } as const;
    const stored = await this.#recorded(tenant, identity, act, (transaction) =>
      this.consents.create(transaction, tenant, stated, actorOf(identity)),
    );
    const address = `${this.environment.publicUrl}/tenants/${tenant}/consents/${stored.id}`;
    void reply.header('location', `${address}/_history/${stored.version}`);
    return show(reply, stored);
  }

  @Put(':id')
  @Header('content-type', fhirJson)
  async replace(
    @Param() path: Path,
    @Body() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const tenant = this.#own(path, identity);
    const seen = { id: idOf(path), version: readIfMatch(ifMatch) };
    const stated = readConsent(body, tenant);
    const act = { activity: 'consent-change', query: 'PUT consents/:id' } as const;
    const stored = await this.#recorded(tenant, identity, act, (transaction) =>
      this.consents.replace(transaction, tenant, seen, stated, actorOf(identity)),
    );
    return show(reply, stored);
  }

  @Get([':id', ':id/_history/:version'])
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  async read(
    @Param() path: Path,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const tenant = this.#own(path, identity);
    const id = idOf(path);
    if (path.version !== undefined && !WHOLE.test(path.version)) throw new Failure('not-found', MISSING);
    const version = path.version === undefined ? undefined : Number(path.version);
    const act = { activity: 'consent-question', query: 'GET consents/:id' } as const;
    const stored = await this.#recorded(tenant, identity, act, async (transaction) => {
      const found = await this.consents.find(transaction, tenant, id, version);
      if (found === undefined) throw new Failure('not-found', MISSING);
      return found;
    });
    return show(reply, stored);
  }

  /** The patient is named in the body: a URL ends up in logs. */
  @Post('_search')
  @HttpCode(200)
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  async search(
    @Param() path: Path,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<string> {
    const tenant = this.#own(path, identity);
    const patient = readPatient(body);
    const found = await inTenant(this.dataSource, tenant, async (transaction) => {
      const act = { activity: 'consent-question', query: 'POST consents/_search' } as const;
      await this.#record(transaction, tenant, identity, act, patient);
      return this.consents.list(transaction, tenant, patient);
    });
    const entry = found.map((consent) => ({ resource: toFhirConsent(consent), search: { mode: 'match' } }));
    return JSON.stringify({ resourceType: 'Bundle', type: 'searchset', total: entry.length, entry });
  }

  /** @throws Failure('forbidden') for whoever is not of that care provider */
  #own({ ura = '' }: Path, identity: VerifiedIdentity): Ura {
    if (identity.organisation?.ura !== ura)
      throw new Failure('forbidden', 'Consents of a care provider are for that care provider');
    return this.tenants.get(ura).ura;
  }

  #recorded(
    tenant: Ura,
    who: VerifiedIdentity,
    act: Act,
    work: (transaction: Transaction) => Promise<StoredConsent>,
  ): Promise<StoredConsent> {
    return inTenant(this.dataSource, tenant, async (transaction) => {
      const consent = await work(transaction);
      await this.#record(transaction, tenant, who, act, consent.patient);
      return consent;
    });
  }

  #record(
    transaction: Transaction,
    custodian: Ura,
    who: VerifiedIdentity,
    { activity, query }: Act,
    patient: Bsn,
  ): Promise<void> {
    return recordAccess(this.eventLog, transaction, {
      activity,
      outcome: 'success',
      who,
      custodian,
      patient: toPatientIdentifier(patient),
      detail: { resourceTypes: ['Consent'], query },
      observer: 'record',
    });
  }
}

function show(reply: FastifyReply, consent: StoredConsent): string {
  void reply.headers(versionHeaders(consent.version, consent.recordedAt));
  return JSON.stringify(toFhirConsent(consent));
}

function actorOf({ professional, clientId }: VerifiedIdentity): string {
  return professional?.id ?? clientId;
}

function idOf({ id = '' }: Path): string {
  if (!UUID.test(id)) throw new Failure('not-found', MISSING);
  return id;
}

/** Required: two people who change one consent must not undo each other unseen. */
function readIfMatch(value: string | undefined): number {
  const [, version] = /^W\/"(\d{1,9})"$/.exec(value ?? '') ?? [];
  if (version === undefined)
    throw new Failure('malformed', 'If-Match with the version that was seen is required: W/"1"');
  return Number(version);
}

function readPatient(body: unknown): Bsn {
  const named = (body as Record<string, unknown> | null)?.['patient:identifier'];
  const [system, value = ''] = typeof named === 'string' ? named.split('|') : [];
  const patient = system === identifierSystems.bsn ? findBsn(value) : undefined;
  if (patient === undefined)
    throw new Failure('malformed', 'patient:identifier with system and value of a BSN is required');
  return patient;
}

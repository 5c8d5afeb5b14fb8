import { Body, Controller, Header, Headers, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { dataCategories } from '@samenhang/data-model';
import { fhirJson, writeSearchset } from '@samenhang/fhir-http';
import {
  Audience,
  Identity,
  RequireScopes,
  type PatientBinding,
  type VerifiedIdentity,
} from '@samenhang/identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { lackingEntry } from '../direct/live-issue.js';
import { HolderAccessService } from './holder-access.service.js';
import { PATIENT_BINDING } from '../tokens.js';
import { Tenants } from './tenants.js';
import { findTraceParent } from './trace-parent.js';
import { readWholePatient, refusedEntry } from './whole-patient.js';
import {
  decidedFor,
  describeWholePatient,
  readOwnPatient,
  readWholePatientQuestion,
  type WholePatientQuestion,
} from './whole-patient-question.js';

/** Everything that may be had of one patient, in one request: one round of consent, one entry in the trail. */
@Controller('tenants/:ura/fhir/Patient/$everything')
@Audience((publicUrl, { ura }) => `${publicUrl}/tenants/${ura}/fhir`)
export class WholePatientController {
  constructor(
    private readonly access: HolderAccessService,
    private readonly tenants: Tenants,
    private readonly environment: ServiceEnvironment,
    @Inject(PATIENT_BINDING) private readonly binding: () => PatientBinding,
  ) {}

  @RequireScopes('holder:read')
  @Post()
  @HttpCode(200)
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  async everything(
    @Param('ura') ura: string,
    @Body() body: unknown,
    @Headers('traceparent') traceparent: string | undefined,
    @Identity() identity: VerifiedIdentity,
  ): Promise<string> {
    const tenant = this.tenants.get(ura);
    const base = `${this.environment.publicUrl}/tenants/${tenant.ura}/fhir`;
    const question = readWholePatientQuestion(body);
    const categories = decidedFor(question);
    const patient = question.patient ?? readOwnPatient(identity, this.binding);
    const ask = {
      patient,
      categories,
      resourceTypes: typesOf(question),
      query: describeWholePatient(question),
    };
    const caller = { tenant, identity, traceparent: findTraceParent(traceparent) };
    const entries = await this.access.ask(caller, ask, async (transaction, person, permitted, lacking) => [
      ...(await readWholePatient(transaction, { base, tenant: tenant.ura }, question, person, permitted)),
      ...refusedEntry(question, permitted),
      ...lackingEntry(lacking),
    ]);
    const total = entries.filter(({ mode }) => mode === 'match').length;
    return [...writeSearchset({ self: `${base}/Patient/$everything`, total, entries })].join('');
  }
}

function typesOf({ categories, others }: WholePatientQuestion): string[] {
  const asked = dataCategories.filter(({ code }) => categories.includes(code));
  return [...new Set([...asked.map(({ resourceType }) => resourceType), ...others])];
}

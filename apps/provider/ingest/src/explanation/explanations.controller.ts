import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { AdministrationTrail } from '../administration-trail.js';
import { organisationOf } from '../quarantine/own-entries.js';
import { Explain, type ElementExplanation, type ElementReference } from './explain.js';

const REFERENCE = /^([A-Z][A-Za-z]{1,63})\/([A-Za-z0-9\-.]{1,64})$/;
const LONGEST_PATH = 200;

/** From which message, and which places of it, an element of the caller's record comes. Places, never what stands there. */
@Controller('explanations')
@RequireScopes('ingest:admin')
export class ExplanationsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly trail: AdministrationTrail,
    private readonly explaining: Explain,
  ) {}

  @Post()
  @HttpCode(200)
  async explain(@Identity() identity: VerifiedIdentity, @Body() body: unknown): Promise<ElementExplanation> {
    const tenant = organisationOf(identity);
    const element = readElement(body);
    const act = `POST explanations ${element.resourceType}/${element.id}`;
    await inTransaction(this.dataSource, this.trail.of(identity, tenant, act));
    return this.explaining.explain(tenant, element, identity);
  }
}

function readElement(body: unknown): ElementReference {
  const { resource, path } = (body ?? {}) as { readonly resource?: unknown; readonly path?: unknown };
  const [, resourceType, id] = typeof resource === 'string' ? (REFERENCE.exec(resource) ?? []) : [];
  if (resourceType === undefined || id === undefined)
    throw new Failure('malformed', 'resource is a reference: Patient/123');
  if (typeof path !== 'string' || path === '' || path.length > LONGEST_PATH)
    throw new Failure('malformed', 'path is the FHIRPath of an element: name[0].family');
  return { resourceType, id, path };
}

import { Body, Controller, Get, Header, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { fhirJson } from '@samenhang/fhir-http';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import type { FastifyReply } from 'fastify';
import { lastOfEachKind, readMaximum } from '../operations/last-n.js';
import { callOf, type Call } from '../patient-view/call.js';
import { SearchService } from './search.service.js';
import { readSearchQuestion } from './search-question.js';

type RequestHeaders = Readonly<Record<string, string | undefined>>;

/** Searches over everything that the sources say about one person; who that is stands in the body, never in a URL. */
@Controller('fhir')
@RequireScopes('view:read')
export class SearchController {
  constructor(private readonly searches: SearchService) {}

  @Post(':type/_search')
  @HttpCode(200)
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  search(
    @Param('type') type: string,
    @Query() query: Readonly<Record<string, unknown>>,
    @Body() body: unknown,
    @Headers() headers: RequestHeaders,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const form = readForm(body, query, headers);
    const question = readSearchQuestion({ type, form, prefer: headers['prefer'] });
    return this.searches.search(callOf(identity, headers['traceparent'], reply), question);
  }

  @Post('Observation/$lastn')
  @HttpCode(200)
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  lastN(
    @Query() query: Readonly<Record<string, unknown>>,
    @Body() body: unknown,
    @Headers() headers: RequestHeaders,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const form = readForm(body, query, headers);
    const maximum = readMaximum(form);
    const own = ['max'];
    const question = readSearchQuestion({ type: 'Observation', form, prefer: headers['prefer'], own });
    const call: Call = callOf(identity, headers['traceparent'], reply);
    return this.searches.search(call, question, {
      name: `Observation/$lastn?max=${maximum}`,
      choose: (groups) => lastOfEachKind(groups, maximum),
    });
  }

  @Get('pages/:cursor')
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  page(
    @Param('cursor') cursor: string,
    @Headers() headers: RequestHeaders,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.searches.page(callOf(identity, headers['traceparent'], reply), cursor);
  }
}

function readForm(
  body: unknown,
  query: Readonly<Record<string, unknown>>,
  headers: RequestHeaders,
): Readonly<Record<string, unknown>> {
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded') !== true)
    throw new Failure('unsupported-media-type', 'A search is sent as application/x-www-form-urlencoded');
  if (Object.keys(query).length > 0)
    throw new Failure('malformed', 'The criteria of a search go in its body, never in a URL');
  return (body ?? {}) as Readonly<Record<string, unknown>>;
}

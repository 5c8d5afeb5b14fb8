import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Res } from '@nestjs/common';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { tableMediaTypes } from '@samenhang/table-files';
import type { FastifyReply } from 'fastify';
import { malformed, membersOf } from '../permits/read-json.js';
import { OutputService, type OutputFile, type OutputProgress } from './output.service.js';
import type { Output } from './output-store.js';

const types: Readonly<Record<string, string>> = {
  ...tableMediaTypes,
  json: 'application/json',
  md: 'text/markdown; charset=utf-8',
};

/** For researchers: what was made under their permits. */
@Controller()
@RequireScopes('research:use')
export class OutputController {
  constructor(private readonly outputs: OutputService) {}

  /** `{view, format, person, known, sensitive}`: the answer is where to look. */
  @Post('permits/:id/outputs')
  @HttpCode(202)
  async request(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: unknown,
    @Identity() who: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const output = await this.outputs.request(id, body, who);
    void reply.header('location', `/outputs/${output.id}`);
    return shown(output);
  }

  @Get('permits/:id/outputs')
  async list(
    @Param('id', ParseUUIDPipe) id: string,
    @Identity() who: VerifiedIdentity,
  ): Promise<{ outputs: object[] }> {
    const outputs = await this.outputs.list(id, who);
    return { outputs: outputs.map((output) => shown(output, this.outputs.progressOf(output.id))) };
  }

  @Get('outputs/:id')
  async get(@Param('id', ParseUUIDPipe) id: string, @Identity() who: VerifiedIdentity): Promise<object> {
    return shown(await this.outputs.getOwn(id, who), this.outputs.progressOf(id));
  }

  @Get('outputs/:id/file')
  async file(
    @Param('id', ParseUUIDPipe) id: string,
    @Identity() who: VerifiedIdentity,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await send(reply, id, await this.outputs.file(id, undefined, who));
  }

  @Get('outputs/:id/files/:name')
  async named(
    @Param('id', ParseUUIDPipe) id: string,
    @Param('name') name: string,
    @Identity() who: VerifiedIdentity,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await send(reply, id, await this.outputs.file(id, name, who));
  }
}

/** For those who check outputs, and answer citizens in which of them they are. */
@Controller('checks')
@RequireScopes('research:check')
export class OutputCheckController {
  constructor(private readonly outputs: OutputService) {}

  @Get('outputs')
  async waiting(): Promise<{ outputs: object[] }> {
    return { outputs: (await this.outputs.waiting()).map((output) => shown(output)) };
  }

  @Get('outputs/:id/file')
  async file(
    @Param('id', ParseUUIDPipe) id: string,
    @Identity() who: VerifiedIdentity,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await send(reply, id, await this.outputs.fileToCheck(id, undefined, who));
  }

  @Get('outputs/:id/files/:name')
  async named(
    @Param('id', ParseUUIDPipe) id: string,
    @Param('name') name: string,
    @Identity() who: VerifiedIdentity,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await send(reply, id, await this.outputs.fileToCheck(id, name, who));
  }

  @Post('outputs/:id/release')
  @HttpCode(200)
  async release(@Param('id', ParseUUIDPipe) id: string, @Identity() who: VerifiedIdentity): Promise<object> {
    return shown(await this.outputs.decide(id, 'released', who));
  }

  @Post('outputs/:id/refuse')
  @HttpCode(200)
  async refuse(@Param('id', ParseUUIDPipe) id: string, @Identity() who: VerifiedIdentity): Promise<object> {
    return shown(await this.outputs.decide(id, 'refused', who));
  }

  /** `{pseudonym}`: the releases in which the person is. */
  @Post('releases/_search')
  @HttpCode(200)
  async releases(@Body() body: unknown, @Identity() who: VerifiedIdentity): Promise<object> {
    const { pseudonym } = membersOf(body);
    if (typeof pseudonym !== 'string') throw malformed('pseudonym');
    return { releases: await this.outputs.releasesWith(pseudonym, who) };
  }
}

/** Rows are counted by the report; how many each holder had would be a count that nobody protected. */
function shown(
  { id, permitId, status, holders, files, report, problem, createdAt }: Output,
  progress?: OutputProgress,
): object {
  return {
    id,
    permitId,
    status,
    holders: holders.map(({ custodian, status: outcome }) => ({ custodian, status: outcome })),
    files: files.map(({ name, sha256 }) => ({ name, sha256 })),
    ...(report === null ? {} : { report }),
    ...(problem === null ? {} : { problem }),
    ...(status === 'running' && progress !== undefined ? { progress } : {}),
    createdAt,
  };
}

async function send(reply: FastifyReply, id: string, { name, content }: OutputFile): Promise<void> {
  await reply
    .header('cache-control', 'no-store')
    .header('content-disposition', `attachment; filename="${id}-${name}"`)
    .type(types[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream')
    .send(content);
}

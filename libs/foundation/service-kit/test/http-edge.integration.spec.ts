import 'reflect-metadata';
import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maximumBodyBytes, runService, type RunningService } from '../src/index.js';

@Controller()
class ExampleController {
  @Post('fhir/Patient')
  create(@Body() body: unknown): unknown {
    return { received: body };
  }

  @Post('plain')
  plain(@Body() body: unknown): unknown {
    return { received: body };
  }

  @Get('fhir/broken')
  broken(): never {
    throw new Error('connection to 10.0.0.1 refused for Jansen');
  }

  @Get('fhir/Patient/:id')
  read(): unknown {
    return {};
  }

  @Get('fhir/absent')
  absent(): never {
    throw new Failure('not-found', 'No such Patient');
  }
}

@Module({ controllers: [ExampleController] })
class ExampleModule {}

let service: RunningService;
beforeAll(async () => {
  const definition = { name: 'example', title: 'Example', portOffset: 90, module: ExampleModule };
  service = await runService(definition, { PORT: '18690', LOG_LEVEL: 'silent' });
});
afterAll(() => service.close());

const send = (path: string, type: string, body: string): Promise<Response> =>
  fetch(`${service.url}${path}`, { method: 'POST', headers: { 'content-type': type }, body });

describe('the HTTP edge of every service', () => {
  it('answers unreadable JSON with an OperationOutcome on a FHIR route, with problem details elsewhere', async () => {
    const fhir = await send('/fhir/Patient', 'application/fhir+json', '{"resourceType":');
    expect(fhir.status).toBe(400);
    expect(fhir.headers.get('content-type')).toContain('application/fhir+json');
    expect(await fhir.json()).toMatchObject({
      resourceType: 'OperationOutcome',
      issue: [{ code: 'structure' }],
    });
    const plain = await send('/plain', 'application/json', '{"a":');
    expect(plain.headers.get('content-type')).toContain('application/problem+json');
    expect(await plain.json()).toMatchObject({
      status: 400,
      type: expect.stringContaining('malformed') as string,
    });
  });

  it('refuses a body over the limit with 413 and an unknown content type with 415', async () => {
    expect(
      (await send('/fhir/Patient', 'application/fhir+json', `"${'x'.repeat(maximumBodyBytes)}"`)).status,
    ).toBe(413);
    expect((await send('/fhir/Patient', 'image/png', 'x')).status).toBe(415);
  });

  it('gives forms, NDJSON and XML in the documented shapes', async () => {
    const form = await send('/plain', 'application/x-www-form-urlencoded', 'a=1&b=2&b=3');
    expect(await form.json()).toEqual({ received: { a: '1', b: ['2', '3'] } });
    const lines = await send('/plain', 'application/fhir+ndjson', '{}\n{}\n');
    expect(await lines.json()).toEqual({ received: '{}\n{}\n' });
  });

  it('reveals nothing of an unexpected error', async () => {
    const response = await fetch(`${service.url}/fhir/broken`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toMatch(/Jansen|10\.0\.0\.1/);
  });

  it('refuses an address that cannot be read, without repeating it', async () => {
    for (const path of [`/fhir/Patient/${'900186021'.repeat(20)}`, '/fhir/Patient/900186021%zz']) {
      const response = await fetch(`${service.url}${path}`);
      expect(response.status).toBe(400);
      const text = await response.text();
      expect(JSON.parse(text)).toMatchObject({ resourceType: 'OperationOutcome' });
      expect(text).not.toContain('900186021');
    }
  });

  it('answers an unknown route and a missing resource with 404', async () => {
    expect((await fetch(`${service.url}/nowhere`)).status).toBe(404);
    expect(await (await fetch(`${service.url}/fhir/absent`)).json()).toMatchObject({
      issue: [{ code: 'not-found', diagnostics: 'No such Patient' }],
    });
  });

  it('tells its health and measures by route pattern', async () => {
    expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
    expect(await (await fetch(`${service.url}/status`)).json()).toEqual({
      service: 'example',
      counts: {},
      outside: [],
      problems: [],
      lag: [],
    });
    expect(await (await fetch(`${service.url}/metrics`)).text()).toContain('route="/fhir/absent"');
  });
});

import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import type { FastifyRequest } from 'fastify';
import { SmartBackend } from './smart-backend.js';

/** With a client declared, only it may read and write; what the server can do, everyone may ask. */
@Injectable()
export class SmartGuard implements CanActivate {
  constructor(private readonly smart: SmartBackend) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const isOpen = request.url.split('?', 1)[0] === '/fhir/metadata';
    if (isOpen || this.smart.permits(request.headers.authorization)) return true;
    throw new Failure('unauthenticated', 'An access token of this server is required');
  }
}

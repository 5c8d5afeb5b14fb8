import { Controller } from '@nestjs/common';
import { RequireScopes } from '@samenhang/identity';
import { WipeController } from './wipe.controller.js';

/**
 * The same for a party that winds up a care provider that stopped: its tokens are for that care provider, and the
 * authorisation server gives them for none that goes on.
 */
@Controller('registrations/purge')
@RequireScopes('nvi:purge')
export class PurgeController extends WipeController {}

import { start } from '@samenhang/portal-web';
import { DeveloperPortal } from './developer-portal.js';

start(<DeveloperPortal />);

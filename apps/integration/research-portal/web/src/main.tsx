import { start } from '@samenhang/portal-web';
import { ResearchPortal } from './research-portal.js';

start(<ResearchPortal />);

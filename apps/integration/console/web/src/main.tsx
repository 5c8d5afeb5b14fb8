import { start } from '@samenhang/portal-web';
import { Console } from './console.js';

start(<Console />);

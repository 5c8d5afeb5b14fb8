import { start } from '@samenhang/portal-web';
import { Citizen } from './citizen.js';

start(<Citizen />);

import { start } from '@samenhang/portal-web';
import { Viewer } from './viewer.js';

start(<Viewer />);

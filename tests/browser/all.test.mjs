// Every browser test, in one process: the browsers start once.
import { after } from 'node:test';
import { closeBrowsers } from './lib/browsers.mjs';
import './instruments.test.mjs';

after(closeBrowsers);

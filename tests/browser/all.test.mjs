// Every browser test, in one process: the browsers start once. An argument takes only the files whose name begins with it.
import { after } from 'node:test';
import { closeBrowsers } from './lib/browsers.mjs';

for (const file of ['instruments', 'meeting', 'simulcast', 'pages', 'organisations', 'people', 'classes', 'comfort', 'imports', 'oidc', 'reach'])
  if (file.startsWith(process.argv[2] ?? ''))
    await import(`./${file}.test.mjs`);

after(closeBrowsers);

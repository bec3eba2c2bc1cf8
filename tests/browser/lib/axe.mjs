// What axe-core finds on a page, shortened to rule and element.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { settle } from './wait.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The policy of the pages forbids inline scripts: the source is given by evaluate, once a document. */
export async function axe(page) {
  if (!await page.evaluate(() => 'axe' in window))
    await page.raw.evaluate(AXE);
  await settle(page); // what has just appeared may still become visible
  return page.evaluate(async () => (await window.axe.run(document, { resultTypes: ['violations'] })).violations
    .map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', ')}`));
}

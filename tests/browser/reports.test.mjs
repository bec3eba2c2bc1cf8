// Reports over a period through the pages: from the city down to a person, as charts, tables and files; what a branch's own PC reads.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { openChromium } from './lib/browsers.mjs';
import { Clerk } from './lib/clerk.mjs';
import { Server } from './lib/server.mjs';

const SHOTS = join(process.env.TEST_BUILD ?? new URL('../../build', import.meta.url).pathname, 'screenshots');
const TAUGHT = new URL('../oracle/taught.py', import.meta.url).pathname;
const SIZES = [[1366, 768], [1920, 1080], [390, 844]];
const COUNTY = 76;

describe('reports in Chromium', () => {
  let server, admin;

  before(async () => {
    server = await Server.start();
    await server.kill();
    await promisify(execFile)('python3', [TAUGHT, join(server.data, 'huitang.db'), '2']);
    await server.up();
    admin = await Clerk.open(openChromium, server, 'admin');
  });
  after(async () => {
    await admin?.page.close();
    await server?.stop();
  });

  async function shoot(what) {
    for (const [width, height] of SIZES) {
      await admin.page.resize(width, height);
      await admin.page.screenshot(join(SHOTS, `reports-${what}-${width}.png`));
    }
    await admin.page.resize(...SIZES[0]);
  }

  test('from the city to a person, as charts and tables', async () => {
    const days = 'from=2025-01-01&to=2027-12-31'; // whatever day it is
    await admin.visit(`/reports?${days}`, '.rate-row[data-org="76"]');
    assert.deepEqual(await admin.axe(), []);
    await shoot('charts');
    await admin.click('.rate-row a', '青河县');
    await admin.waitFor('h1', '青河县');
    await admin.waitFor('.report-way a', '南岭市');
    await admin.click('[data-tab=table]');
    await admin.waitFor('.report-table tfoot', '合计');
    assert.deepEqual(await admin.axe(), []);
    await shoot('table');
    await admin.visit(`/reports?org=78&${days}`, '.month-column');
    await admin.click('[data-tab=persons]');
    await admin.waitFor('.report-table [data-person] a');
    assert.deepEqual(await admin.axe(), []);
    await shoot('persons');
  });

  test('a period without a class says so, and other days can be chosen', async () => {
    await admin.visit(`/reports?org=${COUNTY}&from=2020-01-01&to=2020-01-31`, '.empty-title', '没有已结束的课程');
    await admin.page.evaluate((day) => { // what is typed there goes by the browser's language
      const field = document.querySelector('input[name=from]');
      field.value = day;
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }, '2020-02-01');
    await admin.click('.report-any button[type=submit]');
    await admin.waitFor('.report-any [role=alert]', '早于');
    await admin.click('.report-periods button', '今年');
    await admin.waitFor('.report-keys');
  });

  test("a branch's PC reads the sums of its own, and nobody by name", async () => {
    const branch = await Clerk.open(openChromium, server, 'branch001');
    await branch.click('.tile-link', '到课与学时统计');
    await branch.waitFor('.report-keys');
    await branch.waitFor('[data-tab=table]');
    assert.equal(await branch.page.evaluate(() => document.querySelector('[data-tab=persons]')), null);
    await branch.page.close();
  });
});

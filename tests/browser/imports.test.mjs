// A table through the pages: mapped, looked at, applied, left and found again; in both browsers.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { axe } from './lib/axe.mjs';
import { openChromium, openFirefox } from './lib/browsers.mjs';
import { Seat } from './lib/seat.mjs';
import { Server } from './lib/server.mjs';

const SHOTS = join(process.env.TEST_BUILD ?? new URL('../../build', import.meta.url).pathname, 'screenshots');

for (const [browser, openPage] of [['Chromium', openChromium], ['Firefox', openFirefox]]) {
  describe(`imports in ${browser}`, () => {
    let server, page, s;

    before(async () => {
      server = await Server.start();
      page = await openPage({ name: 'admin' });
      s = new Seat(page, server, {});
      await page.goto(`${server.url}/import`);
      await s.signIn('admin');
      await s.waitFor('.drop-zone');
    });
    after(async () => {
      await page?.close();
      await server?.stop();
    });

    const give = (name, text) => page.evaluate(([name, text]) => {
      const input = document.querySelector('.drop-zone input'), transfer = new DataTransfer();
      transfer.items.add(new File([text], name));
      input.files = transfer.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    }, [name, text]);

    const count = (fate) => page.evaluate((fate) => document.querySelector(`[data-fate=${fate}] dd`).textContent, fate);

    test('a list is looked at, refused rows are told, the rest is written', async () => {
      assert.deepEqual(await axe(page), []);
      await page.screenshot(join(SHOTS, `import-begin-${browser.toLowerCase()}.png`));
      await give('名单.csv', '姓名,支部,单位,手机\n试验甲,南岭市,某公司,13812345678\n试验乙,没有的支部,某公司,13912345678\n试验丙,南岭市,,1\n');
      await s.waitFor('.tag', '等待确认');
      assert.deepEqual([await count('added'), await count('refused')], ['1', '2']);
      await s.waitFor('.import-refused', 'B3');
      await s.waitFor('.import-refused', '没有这个组织');
      assert.deepEqual(await axe(page), []);
      await page.screenshot(join(SHOTS, `import-planned-${browser.toLowerCase()}.png`));
      await s.click('.acts button', '写入');
      await s.waitFor('dialog[open]', '新增 1 条');
      await s.click('dialog button[type=submit]');
      await s.waitFor('.tag', '已写入');
      await page.goto(`${server.url}/people`);
      await s.fill('.finder-search input', '试验甲');
      await s.waitFor('.people-table', '试验甲');
    });

    test('headers that say nothing are mapped by hand, also after the page was left', async () => {
      await page.goto(`${server.url}/import`);
      await s.waitFor('.drop-zone');
      await give('别的.csv', '姓名,在哪,手机\n试验丁,南岭市,13712345678\n');
      await s.waitFor('[role=alert]', '缺少');
      await page.goto(`${server.url}/import`);
      await s.click('.rows a', '别的.csv');
      await s.waitFor('.import-mapping', '在哪');
      await page.evaluate(() => {
        const select = document.querySelectorAll('.import-mapping select')[1];
        select.value = 'org';
        select.dispatchEvent(new Event('change', { bubbles: true }));
      });
      await s.click('.acts button', '重新试算');
      await s.waitFor('.tag', '等待确认');
      assert.equal(await count('added'), '1');
      await page.resize(390, 844);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
      await page.screenshot(join(SHOTS, `import-phone-${browser.toLowerCase()}.png`));
    });
  });
}

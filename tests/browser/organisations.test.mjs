// The organisation tree through the pages: what an administrator does, who sees how much, a device that is paired; in both browsers.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openChromium, openFirefox } from './lib/browsers.mjs';
import { Clerk } from './lib/clerk.mjs';
import { Server } from './lib/server.mjs';
import { settle, until } from './lib/wait.mjs';

const SHOTS = join(process.env.TEST_BUILD ?? new URL('../../build', import.meta.url).pathname, 'screenshots');
const SIZES = [[1366, 768], [1920, 1080], [390, 844]];

for (const [browser, openPage] of [['Chromium', openChromium], ['Firefox', openFirefox]]) {
  describe(`organisations in ${browser}`, () => {
    let server;
    const open = [];

    before(async () => { server = await Server.start(); });
    after(async () => {
      await Promise.allSettled(open.map((p) => p.close()));
      await server?.stop();
    });

    async function seat(login, path = '/') {
      const s = await Clerk.open(openPage, server, login, path);
      open.push(s.page);
      return s;
    }

    test('an administrator creates, renames, moves and closes a branch', async () => {
      const s = await seat('admin');
      const county = await s.orgId('青河县'), town = await s.orgId('石门乡');
      await s.visit(`/org/${county}`, '.org-name');
      await s.click('.acts button', '新增下级');
      await s.fill('dialog input[name=name]', '青河县试验党支部');
      await s.pick('dialog select[name=kind]', 'branch');
      await s.send();
      await s.waitFor('.tree-item', '青河县试验党支部');
      await s.click('.acts button', '新增下级');
      await s.fill('dialog input[name=name]', '青河县试验党支部');
      await s.click('dialog button[type=submit]');
      await s.waitFor('dialog [role=alert]', '同名');
      assert.deepEqual(await s.axe(), []);
      await s.page.press('Escape');
      await s.click('.tree-item', '青河县试验党支部');
      await s.waitFor('.org-name', '青河县试验党支部');
      await s.choose('更名');
      await s.fill('dialog input[name=name]', '青河县示范党支部');
      await s.send();
      await s.waitFor('.org-name', '青河县示范党支部');
      await s.choose('调整隶属');
      await s.fill('dialog .finder-search input', 'smx');
      await s.waitFor('dialog .finder-result', '石门乡');
      await s.click(`dialog .finder-result[data-org="${town}"]`);
      await s.waitFor('dialog .chosen', '石门乡');
      await s.send();
      await s.waitFor('.org-path', '石门乡');
      await s.choose('撤销');
      await s.fill('dialog textarea[name=why]', '试验结束');
      await s.send();
      await s.waitFor('.org-facts', '撤销');
      await s.click('[data-tab=history]');
      await s.waitFor('.timeline', '青河县试验党支部');
    });

    test('two who rename at once: the second sees both and chooses', async () => {
      const s = await seat('admin');
      const id = await s.orgId('云岭县林场党支部');
      await s.visit(`/org/${id}`, '.org-name');
      await s.choose('更名');
      await s.ask('PATCH', `orgs/${id}`, { name: '云岭县国有林场党支部' });
      await s.fill('dialog input[name=name]', '云岭县林业党支部');
      await s.click('dialog button[type=submit]');
      await s.waitFor('dialog .both', '云岭县国有林场党支部');
      assert.deepEqual(await s.axe(), []);
      await s.send();
      await s.waitFor('.org-name', '云岭县林业党支部');
    });

    test('a person is added and found; a grant is given and ended', async () => {
      const s = await seat('admin');
      const org = await s.orgId('青河镇东郊村党支部');
      await s.visit(`/org/${org}`, '.org-name');
      await s.click('.acts button', '登记人员');
      await s.fill('dialog input[name=name]', '欧阳朔望');
      await s.send();
      await s.waitFor('h1', '欧阳朔望');
      await s.visit('/people', '.people-table tbody tr');
      await s.fill('.people-tools input[type=search]', 'oysw');
      await s.waitFor('.people-count', '共 1 人');
      await s.visit('/grants', '.rows');
      await s.click('.title-acts button', '授权');
      await s.fill('dialog .finder-search input', '朔望');
      await s.click('dialog .finder-result', '欧阳朔望');
      await s.fill('dialog .finder-search input', 'dongjiao');
      await s.click(`dialog .finder-result[data-org="${org}"]`);
      await s.waitFor('dialog .chosen', '东郊村');
      await s.fill('dialog input[name=purpose]', '支部书记');
      await s.send();
      await s.waitFor('.row', '欧阳朔望');
      const grant = await s.page.evaluate(() => [...document.querySelectorAll('.row')].find((r) => r.textContent.includes('欧阳朔望')).dataset.grant);
      await s.click(`[data-grant="${grant}"] button`);
      await s.fill('dialog textarea[name=why]', '换届');
      await s.send();
      await until('the grant gone', async () => !(await s.sees('.row', '欧阳朔望')));
      await s.visit('/audit', '.audit-row');
      await s.waitFor('.audit-row', '收回授权');
    });

    test('a PC is paired as a site by its code, once', async () => {
      const s = await seat('admin');
      const org = await s.orgId('青河镇南桥村党支部');
      await s.visit(`/org/${org}`, '.org-name');
      await s.click('[data-tab=devices]');
      await s.click('.tab-panel button', '绑定会场电脑');
      await s.fill('dialog input[name=device]', '会议室电脑');
      await s.click('dialog button[type=submit]');
      await s.waitFor('dialog .qr');
      assert.deepEqual(await s.axe(), []);
      const code = await s.page.evaluate(() => document.querySelector('[data-code]').dataset.code);
      const site = await seat('', `/pair#${code}`);
      await site.waitFor('.sign-in-card');
      assert.ok(!(await site.page.url()).includes(code), 'the code stays in the address');
      await site.click('button[type=submit]');
      await site.waitFor('.page-who', '青河镇南桥村党支部');
      assert.ok(!(await site.sees('.page-nav')), 'a site has no navigation');
      const again = await seat('', '/pair');
      await again.fill('input[name=code]', code);
      await again.click('button[type=submit]');
      await again.waitFor('[role=alert]', '已用过');
      await s.click('dialog button', '完成');
      await s.waitFor('[data-session]', '会议室电脑');
      await s.click('[data-session] button', '解除');
      await s.click('dialog button[type=submit]');
      await until('no device', async () => !(await s.sees('[data-session]')));
      await site.page.reload();
      await site.waitFor('input[name=account]');
    });

    /* Whoever was let in by a code or a first password chooses an own one before anything else. */
    async function chooseOwn(p, old) {
      await p.waitFor('.gate-title', '请先设定自己的密码');
      await p.page.goto(`${server.url}/sessions`);
      await p.waitFor('.gate-title', '请先设定自己的密码');
      assert.equal(await p.sees('input[name=old]'), old !== undefined);
      assert.deepEqual(await p.axe(), []);
      if (old !== undefined)
        await p.fill('input[name=old]', old);
      await p.fill('input[name=fresh]', 'chosen by me');
      await p.fill('input[name=again]', 'chosen by me');
      await p.click('button[type=submit]');
      await p.waitFor('.page-who');
    }

    test('codes for the first sign-in of a branch are listed once, and lead to an own password', async () => {
      const s = await seat('admin');
      const org = await s.orgId('青河镇东郊村党支部');
      await s.visit(`/org/${org}`, '.org-name');
      await s.choose('首次登录码');
      await s.click('dialog button[type=submit]');
      await s.waitFor('dialog .code-rows tbody tr');
      assert.deepEqual(await s.axe(), []);
      if (browser === 'Chromium')
        await s.page.screenshot(join(SHOTS, 'organisations-codes.png'));
      const [name, code] = await s.page.evaluate(() => [...document.querySelectorAll('dialog tbody tr:first-child td')].filter((_, i) => i === 0 || i === 3).map((td) => td.textContent));
      assert.match(code, /^[0-9a-z]{4}(-[0-9a-z]{4}){3}$/);
      const p = await seat('', '/pair');
      await p.fill('input[name=code]', code);
      await p.click('button[type=submit]');
      await chooseOwn(p);
      await p.waitFor('.page-who', name);
      await s.click('dialog button', '完成');
      await s.choose('首次登录码');
      await s.click('dialog button[type=submit]');
      await s.waitFor('dialog .code-list', '另有');
      assert.ok(!(await s.page.evaluate(() => document.querySelector('dialog').textContent)).includes(name), 'who can sign in is listed again');
    });

    test('a first password is shown once and changed at the first sign-in', async () => {
      const s = await seat('admin');
      const org = await s.orgId('青河镇南桥村党支部');
      const { id } = await s.ask('POST', 'people', { name: '端木初来', kind: 'member', org, card: browser === 'Chromium' ? '11010519491231002X' : '440524188001010014' });
      await s.visit(`/person/${id}`, 'h1');
      await s.choose('发放初始密码');
      await s.click('dialog button[type=submit]');
      await s.waitFor('dialog [data-password]');
      assert.deepEqual(await s.axe(), []);
      const password = await s.page.evaluate(() => document.querySelector('[data-password]').textContent);
      const p = await seat('', '/');
      /* By the number on the card, as it is printed there. */
      await p.signIn(browser === 'Chromium' ? '110105 19491231 002x' : '440524 18800101 0014', password);
      await chooseOwn(p, password);
      await p.waitFor('.page-who', '端木初来');
      assert.ok(!(await p.page.url()).includes('0105'));
    });

    test('an inspector sees the own county alone, a member the own record alone', async () => {
      const s = await seat('inspector', '/org');
      await s.waitFor('.tree-item', '青河县');
      assert.ok(!(await s.sees('.tree-item', '南岭市')) && !(await s.sees('.tree-item', '云岭县')));
      assert.ok(!(await s.sees('.acts button')), 'an inspector changes nothing');
      await s.fill('.orgs-tree input', 'yunling');
      await s.waitFor('.orgs-tree .empty', '没有符合的组织');
      await s.visit('/org/1', '.refusal');
      await s.waitFor('.refusal', '没有找到，或不在您的查看范围内');
      const m = await seat('member');
      assert.deepEqual(await m.page.evaluate(() => [...document.querySelectorAll('.page-nav a')].map((a) => a.textContent)), ['首页', '课程', '学时', '我的信息', '登录与设备']);
      await m.click('.page-nav a', '我的信息');
      await m.waitFor('.pairs', '黄小梅');
      assert.ok(!(await m.sees('.sheet .acts button')));
    });

    test('the tree by keyboard', async () => {
      const s = await seat('admin', '/org');
      await s.waitFor('.tree-item', '青河县');
      await s.page.evaluate(() => document.querySelector('.tree-item[tabindex="0"]').focus());
      const at = () => s.page.evaluate(() => document.activeElement.querySelector('.tree-name')?.textContent);
      await s.page.press('ArrowDown');
      assert.equal(await at(), '城中区');
      await s.page.press('ArrowRight');
      await s.waitFor('.tree-item', '人民路街道');
      await s.page.press('ArrowRight');
      assert.equal(await at(), '人民路街道');
      await s.page.press('ArrowLeft');
      await s.page.press('ArrowLeft');
      await until('closed', async () => !(await s.sees('.tree-item', '人民路街道')));
      await s.page.press('End');
      await s.page.press('Home');
      assert.equal(await at(), '南岭市');
      await s.page.press('ArrowDown');
      await s.page.press('Enter');
      await s.waitFor('.org-name', '城中区');
    });

    test('an administrator makes a webhook, keeps its secret and ends it', async () => {
      const s = await seat('admin');
      await s.click('.tile-link', '事件推送');
      await s.click('.title-row button', '新增推送网址');
      await s.fill('dialog input[name=url]', 'http://example.com/');
      await s.click('dialog button[type=submit]');
      await s.waitFor('dialog [role=alert]');
      assert.deepEqual(await s.axe(), []);
      await s.fill('dialog input[name=url]', 'https://example.invalid/hook');
      await s.fill('dialog input[name=events]', 'CLASS_OPENED CLASS_CLOSED');
      await s.click('dialog button[type=submit]');
      await s.waitFor('dialog .webhook-secret', 'whsec_');
      assert.deepEqual(await s.axe(), []);
      await s.click('dialog button', '已保存好');
      await s.waitFor('[data-webhook] .row-main', 'https://example.invalid/hook');
      assert.ok(!(await s.sees('body', 'whsec_')), 'the secret is still there');
      assert.deepEqual(await s.axe(), []);
      await s.click('[data-webhook] button', '停止推送');
      await s.fill('dialog textarea[name=why]', '试验结束');
      await s.send();
      await s.waitFor('.empty', '还没有推送网址');
    });

    test('axe finds nothing on any page', async () => {
      const s = await seat('admin');
      const org = await s.orgId('青河镇东郊村党支部');
      const person = (await s.ask('GET', 'people?limit=1')).items[0].id;
      const pages = [['home', '/', '.tiles'], ['org', `/org/${org}`, '.people'], ['people', '/people', '.people-table tbody tr'], ['person', `/person/${person}`, '.cards'],
        ['twins', '/twins', '.sheet'], ['grants', '/grants', '.rows'], ['policy', '/policy/1', '[data-retention] .policy-source'], ['webhooks', '/webhooks/1', '.sheet'], ['audit', '/audit', '.audit-row'], ['sessions', '/sessions', '.row'],
        ['password', '/password', '.sign-in-card'], ['pair', '/pair', '.sign-in-card']];
      for (const [name, path, css] of pages) {
        await s.visit(path, css);
        assert.deepEqual(await s.axe(), [], name);
        if (browser === 'Chromium')
          await shoot(s, name);
      }
    });

    async function shoot(s, what) {
      for (const [width, height] of SIZES) {
        await s.page.resize(width, height);
        await settle(s.page);
        await s.page.screenshot(join(SHOTS, `organisations-${what}-${width}x${height}.png`));
        assert.ok(await s.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${what} is wider than ${width}`);
      }
      await s.page.resize(1366, 768);
    }
  });
}
